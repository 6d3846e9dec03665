// Runs third-party programs as real processes that open the scripted browser.
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { PROCESS_MS } from "./time-limits.ts";

const run = promisify(execFile);
const PLAY_BROWSER = path.resolve("tests/support/play-browser.ts");

export interface ProgramHome {
  /** The environment of a program isolated from this machine, whose browser logs in as `username`. */
  environment: Record<string, string>;
  remove(): void;
}

/** Creates an empty home folder with a browser that logs in as `username` by itself. */
export function createProgramHome(username: string): ProgramHome {
  const home = mkdtempSync(path.join(tmpdir(), "taiga-mcp-program-"));
  const browser = path.join(home, "browser");
  const command = [process.execPath, ...process.execArgv, PLAY_BROWSER, username]
    .map((word) => `'${word}'`)
    .join(" ");
  writeFileSync(browser, `#!/bin/sh\nexec ${command} "$1" >>'${home}/browser.log' 2>&1\n`, {
    mode: 0o755,
  });
  return {
    environment: {
      PATH: `${path.dirname(process.execPath)}:${process.env["PATH"] ?? ""}`,
      HOME: home,
      XDG_CONFIG_HOME: path.join(home, ".config"),
      BROWSER: browser,
      // The Inspector would otherwise look for a keychain, which depends on the machine.
      MCP_INSPECTOR_SECRET_STORE: "file",
      NO_COLOR: "1",
    },
    remove: () => rmSync(home, { recursive: true, force: true }),
  };
}

export interface ProgramResult {
  stdout: string;
  stderr: string;
}

/** Runs a Node program to its end; rejects with all its output when it fails. */
export async function runProgram(
  script: string,
  args: string[],
  environment: Record<string, string>,
): Promise<ProgramResult> {
  try {
    return await run(process.execPath, [path.resolve(script), ...args], {
      env: environment,
      timeout: PROCESS_MS,
    });
  } catch (error) {
    const { stdout = "", stderr = "" } = error as Partial<ProgramResult>;
    throw new Error(`${script} failed\n${stdout}\n${stderr}`, { cause: error });
  }
}
