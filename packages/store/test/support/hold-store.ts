// A process of its own that opens the SQLite store given as its argument, writes one entry,
// says so and then does nothing until it is killed.
import process from "node:process";
import { systemClock } from "@taiga-mcp/service";
import { createSqliteKv } from "../../src/sqlite.ts";

const kv = createSqliteKv({ file: process.argv[2]!, clock: systemClock });
await kv.set("written by", "the other process", { ttlSeconds: 1000 });
console.log("holding");
setInterval(() => undefined, 60_000);
