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
export async function runAdmin(
  args: string[],
  environment: Readonly<Record<string, string>>,
): Promise<AdminRun> {
  const program = [...process.execArgv, `apps/auth-server/${FROM}`];
  const child = spawn(process.execPath, [...program, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...environment },
  });
  const run = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].on("data", (chunk: Buffer) => (run[name] += chunk.toString()));
  }
  await once(child, "close");
  return { ...run, exitCode: child.exitCode ?? -1 };
}
