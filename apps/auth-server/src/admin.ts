import { systemClock } from "@taiga-mcp/service";
import { styleText } from "node:util";
import { runAdmin } from "./cli/run-admin.ts";

const COLOURS = { ok: "green", warn: "yellow", fail: "red" } as const;

const WIDEST_COLUMNS = 110;

process.exitCode = await runAdmin({
  args: process.argv.slice(2),
  environment: process.env,
  fetch,
  clock: systemClock,
  print: (text) => process.stdout.write(`${text}\n`),
  printError: (text) => process.stderr.write(`${text}\n`),
  columns: Math.min(process.stdout.columns ?? WIDEST_COLUMNS, WIDEST_COLUMNS),
  // Plain where the output is no terminal, or NO_COLOR is set.
  paint: (mark, text) => styleText(COLOURS[mark], text),
});
