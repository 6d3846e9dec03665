// A server under load, in a separate process so that its CPU time is measured alone:
//   bench/target.ts <name>
// Sends its address to its parent and, on request, the CPU time it has used.
import process from "node:process";
import { TARGETS } from "./targets.ts";

const [name = ""] = process.argv.slice(2);
const start = TARGETS[name];
if (start === undefined) throw new Error(`There is no target ${name}.`);
const { url, privateUrl } = await start();

process.on("message", () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuMicroseconds: user + system });
});
process.send?.({ url, privateUrl });
