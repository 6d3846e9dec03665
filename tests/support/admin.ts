// Runs the operator's program as a separate process.
import { spawn } from "node:child_process";
import { once } from "node:events";

const FROM = process.env["E2E_FROM"] === "dist" ? "dist/admin.js" : "src/admin.ts";

export interface AdminRun {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** @param environment the settings of the server that the program talks to. */
export const runAdmin = (
  args: string[],
  environment: Readonly<Record<string, string>>,
): Promise<AdminRun> =>
  run([...process.execArgv, `apps/auth-server/${FROM}`, ...args], environment);

/** Runs the program as `pnpm admin` does in a checkout. */
export const runAdminScript = (
  args: string[],
  environment: Readonly<Record<string, string>>,
): Promise<AdminRun> => run(["scripts/with-node.mjs", "scripts/admin.ts", ...args], environment);

async function run(
  args: string[],
  environment: Readonly<Record<string, string>>,
): Promise<AdminRun> {
  const child = spawn(process.execPath, args, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...environment },
  });
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].on("data", (chunk: Buffer) => (output[name] += chunk.toString()));
  }
  await once(child, "close");
  return { ...output, exitCode: child.exitCode ?? -1 };
}
