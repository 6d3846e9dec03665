import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { PROCESS_MS } from "../../support/time-limits.ts";

const CLI = path.resolve("node_modules/@modelcontextprotocol/conformance/dist/index.js");

/** One requirement, as the suite judged it. */
export interface Check {
  id: string;
  status: "SUCCESS" | "FAILURE" | "WARNING" | "INFO" | "SKIPPED";
  errorMessage?: string;
}

export interface ConformanceRun {
  /** The output of the suite if it failed. */
  complaint: string;
  /** By scenario. */
  checks: ReadonlyMap<string, readonly Check[]>;
}

/**
 * Runs the conformance suite's command line to its end, as a separate process.
 *
 * @param onOutput gets the whole output so far, each time it grows.
 */
export async function runConformance(
  args: string[],
  onOutput: (output: string) => void = () => undefined,
): Promise<ConformanceRun> {
  const results = mkdtempSync(path.join(tmpdir(), "taiga-mcp-conformance-"));
  try {
    const child = spawn(process.execPath, [CLI, ...args, "--output-dir", results], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { PATH: process.env["PATH"] ?? "", HOME: results, NO_COLOR: "1" },
      timeout: PROCESS_MS,
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk: Buffer) => {
        output += chunk.toString();
        onOutput(output);
      });
    }
    await once(child, "close");
    return { complaint: child.exitCode === 0 ? "" : output, checks: readChecks(results) };
  } finally {
    rmSync(results, { recursive: true, force: true });
  }
}

/** Folders are named `server-<scenario>-<time>` or `authorization-server-<scenario>-<time>`. */
function readChecks(results: string): Map<string, Check[]> {
  const folders = readdirSync(results, { recursive: true, encoding: "utf8" })
    .filter((file) => path.basename(file) === "checks.json")
    .map((file) => path.dirname(file));
  return new Map(
    folders.map((folder) => [
      toScenario(path.basename(folder)),
      JSON.parse(readFileSync(path.join(results, folder, "checks.json"), "utf8")) as Check[],
    ]),
  );
}

const toScenario = (folder: string): string =>
  folder.replace(/^(authorization-server|server)-/, "").replace(/-\d{4}-\d\d-\d\dT[\d-]+Z$/, "");
