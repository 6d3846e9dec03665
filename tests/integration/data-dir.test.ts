// A DATA_DIR that cannot be made, as each program reports it. In processes of their own, with a
// deadline: the fault that this guards against is a start that never ends.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { makeDataDir } from "@taiga-mcp/service";
import { expect, it, onTestFinished } from "vitest";
import { PROCESS_MS } from "../support/time-limits.ts";

function newFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "taiga-mcp-data-dir-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

function run(program: string, environment: Record<string, string>) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--conditions=taiga-mcp-source", "--disable-warning=ExperimentalWarning", program],
    { encoding: "utf8", timeout: PROCESS_MS, env: { PATH: process.env["PATH"], ...environment } },
  );
  return { status, output: stdout + stderr };
}

const SECRETS = {
  MASTER_KEY: "x".repeat(43),
  RS_CLIENT_SECRET: "a-secret-that-need-not-be-made-and-kept",
};

// @rule OPS-12
it.skipIf(!existsSync("/proc/self")).each([
  ["scripts/start.ts", {}],
  ["apps/auth-server/src/main.ts", SECRETS],
  ["apps/resource-server/src/main.ts", SECRETS],
  ["packages/taiga-sandbox/src/main.ts", { SANDBOX_PORT: "34803" }],
])("a folder in /proc is one sentence of %s that names the setting", (program, extra) => {
  const { status, output } = run(program, { DATA_DIR: "/proc/nope", ...extra });
  expect(status).toBe(1);
  expect(output).toMatch(/^(\S+: )?DATA_DIR: the folder \/proc\/nope cannot be used: /);
  expect(output.trim()).not.toContain("\n");
});

// @rule OPS-12
it("a folder below a file is reported with the setting's name", () => {
  const file = path.join(newFolder(), "file");
  writeFileSync(file, "");
  expect(() => makeDataDir(path.join(file, "below"))).toThrow(
    /^DATA_DIR: .* cannot be used: ENOTDIR/,
  );
});

it("a folder is made with those above it, for its owner only", () => {
  const folder = path.join(newFolder(), "a", "b");
  makeDataDir(folder);
  makeDataDir(folder);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
});
