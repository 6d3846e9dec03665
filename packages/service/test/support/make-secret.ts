// A process of its own: says that it is ready, waits for a moment that it shares with others, then
// loads the secret file given as its argument and sends the secret.
import process from "node:process";
import { loadOrCreateSecret } from "../../src/secret-file.ts";

const [file] = process.argv.slice(2) as [string];
process.once("message", (startAt: number) => {
  while (Date.now() < startAt); // no timer is as exact
  process.send?.(loadOrCreateSecret(file));
  process.disconnect();
});
process.send?.("ready");
