// The real Claude Code, for tests of what it gives its model. It is a program of 400 MB, so it is
// fetched into node_modules/.cache when a test first needs it and not by every `pnpm install`.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import path from "node:path";

const VERSION = "2.1.332";
const DOWNLOAD_MS = 300_000;

/** The npm packages of the program, by platform, with their integrity as in a lockfile. */
const PACKAGES: Record<string, string> = {
  "darwin-arm64":
    "sha512-L/F5mypyB7SK59cesiAqGv1bVNd+8xTn0LF5kV6EGL6UMhofVJMFlokhDRoxNzANNC5i/5JdzfJyDOKUbZObiA==",
  "darwin-x64":
    "sha512-i0GV2ejBOeHMXs+XPCd1IaJj1GV3VdZl8hiQD6hLMR/N7f4Nt8q4Edj1GYJCKXPLJa/zsE9Uv6r9rZ/ldVFQPQ==",
  "linux-arm64":
    "sha512-BlHNEtK38KBPWU31F4lUSS9sHclCyfWbThT1CErvxxH8+XcljYLZlQwdyXBkTD62rw1TgfE1u1a+quMWS0NSJg==",
  "linux-x64":
    "sha512-f4JWhzwYutJIHScC7/dYOPX6s28tt7ZADhsOi8zwOHq5fFPEuUeChh2NMfinSg0GrUckYxaeebC4h0DqiKzLcw==",
};

/** The program's file, or why it cannot be had here. */
export type ClaudeProgram = { file: string } | { missing: string };

/** Finds the program, fetching it first if need be. `CLAUDE_PATH` names another one to test. */
export function obtainClaudeProgram(): ClaudeProgram {
  const own = process.env["CLAUDE_PATH"];
  if (own !== undefined) return { file: own };
  try {
    return { file: fetchProgram(`${process.platform}-${process.arch}`) };
  } catch (error) {
    return { missing: (error as Error).message };
  }
}

function fetchProgram(platform: string): string {
  const integrity = PACKAGES[platform];
  if (integrity === undefined) throw new Error(`there is no package for ${platform}`);
  const folder = path.resolve("node_modules/.cache/claude-code", VERSION);
  const file = path.join(folder, "claude");
  if (existsSync(file)) return file;
  const unpacked = `${folder}.${process.pid}`;
  mkdirSync(unpacked, { recursive: true });
  try {
    const name = `@anthropic-ai/claude-code-${platform}@${VERSION}`;
    const archive =
      run("npm", ["pack", "--silent", name], unpacked).trim().split("\n").at(-1) ?? "";
    const content = readFileSync(path.join(unpacked, archive));
    const actual = `sha512-${createHash("sha512").update(content).digest("base64")}`;
    if (actual !== integrity) throw new Error(`${name} has another content than expected`);
    run("tar", ["-xzf", archive, "--strip-components=1"], unpacked);
    rmSync(path.join(unpacked, archive));
    renameSync(unpacked, folder);
    return file;
  } catch (error) {
    // Another run has fetched it meanwhile.
    if (existsSync(file)) return file;
    throw error;
  } finally {
    rmSync(unpacked, { recursive: true, force: true });
  }
}

function run(command: string, args: string[], cwd: string): string {
  const { error, status, stdout, stderr } = spawnSync(command, args, {
    cwd,
    encoding: "utf8",
    timeout: DOWNLOAD_MS,
  });
  if (error !== undefined) throw new Error(`${command}: ${error.message}`, { cause: error });
  if (status !== 0) throw new Error(`${command} ${args[0]} failed: ${stderr.trim()}`);
  return stdout;
}
