// A process of its own: waits for a moment that it shares with others, then loads the secret
// file given as its first argument and prints the secret.
import process from "node:process";
import { loadOrCreateSecret } from "../../src/secret-file.ts";

const [file, startAt] = process.argv.slice(2) as [string, string];
while (Date.now() < Number(startAt)); // no timer is as exact
console.log(loadOrCreateSecret(file));
