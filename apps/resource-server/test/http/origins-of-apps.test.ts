// Apps that are web pages inside a program have origins of their own schemes.
import { afterEach, expect, it } from "vitest";
import { parseConfig } from "../../src/config.ts";
import { type Harness, rpc, startHarness } from "../support/harness.ts";

const ORIGINS = [
  "tauri://localhost",
  "app://obsidian.md",
  "chrome-extension://abcdefghijklmnop",
  "vscode-webview://1a2b3c",
];

let rs: Harness | undefined;
afterEach(() => rs?.close());

const read = (value: string) => parseConfig({ ALLOWED_ORIGINS: value }).allowedOrigins;

// @rule MCP-TRANSPORT-11
it.each(ORIGINS)("lets pages of %s call, once the operator allows them", async (origin) => {
  rs = await startHarness({ config: { allowedOrigins: read(origin) } });
  rs.grant("token");
  const ask = (from: string) =>
    rs!.post(rpc("tools/list", {}), { token: "token", headers: { origin: from } });
  const allowed = await ask(origin);
  expect([allowed.status, allowed.headers.get("access-control-allow-origin")]).toEqual([
    200,
    origin,
  ]);
  expect((await ask(`${origin}.example`)).status).toBe(403);
  expect((await ask("null")).status).toBe(403);
});

// @rule MCP-TRANSPORT-11
it.each([
  "tauri://localhost/",
  "app://a@b",
  "null",
  "*",
  "file:///",
  "tauri://*",
  "https://a.test/",
])("refuses %s, which is no origin", (value) => {
  expect(() => read(value)).toThrow(/^ALLOWED_ORIGINS: must be/);
});
