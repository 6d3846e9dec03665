// A gate that never fails proves nothing: each layer rule of .oxlintrc.json is broken once.
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const OXLINT = path.resolve("node_modules/.bin/oxlint");
const FORBIDDEN = [
  ["apps/auth-server/src/http/a.ts", "oidc-provider"],
  ["apps/auth-server/src/vault/a.ts", "ioredis"],
  ["apps/auth-server/src/login/a.ts", "node:sqlite"],
  ["apps/auth-server/src/http/b.ts", "node:process"],
  ["apps/auth-server/src/http/c.ts", "@taiga-mcp/resource-server"],
  ["apps/auth-server/src/engine/a.ts", "express"],
  ["apps/auth-server/src/engine/b.ts", "@taiga-mcp/taiga-client"],
  ["apps/auth-server/src/engine/c.ts", "../app.ts"],
  ["apps/auth-server/src/engine/d.ts", "../http/cors.ts"],
  ["apps/auth-server/src/engine/e.ts", "../vault/vault.ts"],
  ["apps/auth-server/src/main.ts", "oidc-provider"],
  ["packages/taiga-tools/src/tools/core/a.ts", "express"],
  ["packages/taiga-tools/src/tools/core/b.ts", "@modelcontextprotocol/server"],
  ["packages/taiga-tools/src/tools/core/c.ts", "./get-me.ts"],
  ["packages/taiga-tools/src/tools/core/d.ts", "../../calls/idempotency.ts"],
  ["packages/taiga-tools/src/tools/core/e.ts", "../../tool/run-tool.ts"],
  ["packages/taiga-tools/src/tools/core/f.ts", "node:fs"],
  ["packages/service/src/a.ts", "@taiga-mcp/store"],
  ["packages/store/src/a.ts", "express"],
  ["packages/store/src/b.ts", "@taiga-mcp/taiga-client"],
  ["packages/taiga-client/src/a.ts", "@taiga-mcp/service"],
  ["packages/taiga-sandbox/src/a.ts", "@taiga-mcp/taiga-client"],
] as const;
const ALLOWED = [
  ["apps/auth-server/src/engine/ok.ts", "oidc-provider"],
  ["apps/auth-server/src/engine/ok2.ts", "../storage/keys.ts"],
  ["apps/auth-server/src/main.ts", "node:process"],
  ["packages/taiga-tools/src/tools/core/ok.ts", "../../tool/define-tool.ts"],
  ["packages/taiga-tools/src/tools/core/ok2.ts", "@taiga-mcp/taiga-client"],
  ["packages/store/src/ok.ts", "@taiga-mcp/service"],
] as const;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "taiga-mcp-layers-"));
  copyFileSync(".oxlintrc.json", path.join(folder, ".oxlintrc.json"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function lint(file: string, statement: string): string {
  const target = path.join(folder, file);
  mkdirSync(path.dirname(target), { recursive: true });
  writeFileSync(target, statement);
  const { stdout } = spawnSync(OXLINT, ["--format=unix", file], { cwd: folder, encoding: "utf8" });
  return stdout;
}

describe("layer rules", () => {
  it.each(FORBIDDEN)("%s must not import %s", (file, name) => {
    expect(lint(file, `import { x } from "${name}";\nx();\n`)).toContain("no-restricted-imports");
  });

  it.each(FORBIDDEN.slice(0, 3))("%s must not import even a type of %s", (file, name) => {
    expect(lint(file, `export type { x } from "${name}";\n`)).toContain("no-restricted-imports");
  });

  it.each(ALLOWED)("%s may import %s", (file, name) => {
    expect(lint(file, `import { x } from "${name}";\nx();\n`)).not.toContain(
      "no-restricted-imports",
    );
  });

  it("only main.ts reads the environment", () => {
    const statement = "export const port = process.env.PORT;\n";
    expect(lint("apps/auth-server/src/config.ts", statement)).toContain("no-process-env");
    expect(lint("apps/auth-server/src/main.ts", statement)).not.toContain("no-process-env");
  });
});
