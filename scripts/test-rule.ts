// Runs the tests of one rule of docs/requirements.md: `pnpm test:rule RFC7636-4.4.1-1`.
import { spawnSync } from "node:child_process";
import { scanTests, testFilesOf } from "./requirements.ts";

const [id = "", ...options] = process.argv.slice(2);
const tests = scanTests().tests.filter(({ ids }) => ids.includes(id));
if (tests.length === 0) {
  console.error(`No test carries the id "${id}"; docs/requirements.md lists the ids.`);
  process.exit(1);
}

const files = new Set(tests.flatMap(({ file }) => testFilesOf(file)));
const names = tests.map(({ name }) =>
  name.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll(/%[a-z]|\\\$[\w.]+/g, ".*"),
);
const vitest = [
  "node_modules/vitest/vitest.mjs",
  "run",
  ...files,
  "-t",
  `(^| )(${names.join("|")})$`,
];
const { status } = spawnSync(process.execPath, [...vitest, ...options], { stdio: "inherit" });
process.exitCode = status ?? 1;
