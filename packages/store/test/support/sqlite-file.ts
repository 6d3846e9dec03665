import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import type { Clock } from "@taiga-mcp/service";
import { onTestFinished } from "vitest";
import type { Kv } from "../../src/kv.ts";
import { createSqliteKv } from "../../src/sqlite.ts";
import { createFakeClock } from "./fake-clock.ts";

/** Where a test may have its file; the folder is gone when the test ends. */
export function newFile(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "store-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return path.join(folder, "data", "test.sqlite");
}

/** A store on a file, closed with the test; time stands still unless a clock is given. */
export function open(file: string, clock: Clock = createFakeClock().clock): Kv {
  const kv = createSqliteKv({ file, clock });
  onTestFinished(() => kv.close());
  return kv;
}

/** Another program's view of the file. */
export function inspect<Result>(file: string, work: (db: DatabaseSync) => Result): Result {
  const db = new DatabaseSync(file);
  try {
    return work(db);
  } finally {
    db.close();
  }
}

/** Another process that holds the file, with one entry in it; killed with the test. */
export async function startHolder(file: string): Promise<ChildProcess> {
  const script = fileURLToPath(new URL("hold-store.ts", import.meta.url));
  const flags = ["--conditions=taiga-mcp-source", "--disable-warning=ExperimentalWarning"];
  const child = spawn(process.execPath, [...flags, script, file], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  await once(child.stdout!, "data");
  return child;
}
