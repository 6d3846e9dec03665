// The operator's program, as a process of its own.
import { spawn } from "node:child_process";
import { once } from "node:events";

const FROM = process.env["E2E_FROM"] === "dist" ? "dist/admin.js" : "src/admin.ts";

export interface AdminRun {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** @param environment the settings of the server that it shall talk to. */
export const runAdmin = (
  args: string[],
  environment: Readonly<Record<string, string>>,
): Promise<AdminRun> =>
  run([...process.execArgv, `apps/auth-server/${FROM}`, ...args], environment);

/** The same as a person starts it in a checkout: what `pnpm admin` runs. */
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
