// pnpm advisories
//
// Checks the dependencies that are part of a release against the registry's list of known
// vulnerabilities: exit code 1 if one is high or critical. A registry without such a list, as company
// mirrors often are, is no error, but said loudly.
import { spawnSync } from "node:child_process";
import process from "node:process";

const TIMEOUT_MS = 120_000;

/** pnpm's error codes for an audit without an answer. */
const NO_ANSWER =
  /ERR_PNPM_AUDIT_\w+|ERR_PNPM_(META_)?FETCH_\w+|ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN/;

const { status, stdout, stderr, error } = spawnSync(
  "pnpm",
  ["audit", "--prod", "--audit-level", "high"],
  { encoding: "utf8", timeout: TIMEOUT_MS },
);
const output = `${stdout ?? ""}${stderr ?? ""}`;

if (error !== undefined || (status !== 0 && NO_ANSWER.test(output))) {
  const reason = error?.message ?? NO_ANSWER.exec(output)?.[0];
  console.warn(`SKIPPED: known vulnerabilities were not checked: no answer (${reason})`);
} else {
  console.log(output.trimEnd());
  process.exitCode = status === 0 ? 0 : 1;
}
