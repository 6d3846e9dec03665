import { ConfigurationError } from "@taiga-mcp/service";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { readAdminSettings } from "../../src/cli/admin-settings.ts";
import { toAdminToken } from "../../src/operations/admin-token.ts";

const toKey = (byte: number): string => Buffer.alloc(32, byte).toString("base64url");
const toToken = (byte: number): string => toAdminToken(new Uint8Array(32).fill(byte));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "taiga-mcp-admin-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it.each([
  ["127.0.0.1", "http://127.0.0.1:3011"],
  ["0.0.0.0", "http://127.0.0.1:3011"],
  ["::", "http://[::1]:3011"],
  ["::1", "http://[::1]:3011"],
  ["10.0.0.5", "http://10.0.0.5:3011"],
  ["auth-server", "http://auth-server:3011"],
])("finds a server that listens on %s at %s", (host, url) => {
  const environment = { MASTER_KEY: toKey(1), AUTH_SERVER_PRIVATE_HOST: host };
  expect(readAdminSettings(environment).privateUrl).toBe(url);
});

it("takes the port that the server has", () => {
  const environment = { MASTER_KEY: toKey(1), AUTH_SERVER_PRIVATE_PORT: "4711" };
  expect(readAdminSettings(environment).privateUrl).toBe("http://127.0.0.1:4711");
});

it("sends the token of the newest master key, which does not reveal the key", () => {
  const { token } = readAdminSettings({ MASTER_KEY: `${toKey(2)},${toKey(1)}` });
  expect(token).toBe(toToken(2));
  expect(token).not.toContain(toKey(2));
});

it("reads the key that the server generated, or the one in a given file", () => {
  writeFileSync(path.join(folder, "master-key"), `${toKey(3)}\n`);
  expect(readAdminSettings({ DATA_DIR: folder }).token).toBe(toToken(3));
  const file = { MASTER_KEY_FILE: path.join(folder, "master-key"), STORE_URL: "redis://r" };
  expect(readAdminSettings(file).token).toBe(toToken(3));
});

it("generates no key where no server was ever started, and names the settings to check", () => {
  const environment = { DATA_DIR: path.join(folder, "elsewhere") };
  expect(() => readAdminSettings(environment)).toThrow(ConfigurationError);
  expect(() => readAdminSettings(environment)).toThrow(/DATA_DIR or MASTER_KEY/);
  expect(existsSync(environment.DATA_DIR)).toBe(false);
});

it("needs no settings that only the server uses: no resource server secret, no Taiga address", () => {
  const environment = {
    MASTER_KEY: toKey(1),
    STORE_URL: "redis://redis",
    PUBLIC_URL: "https://taiga-mcp.example.com",
    DATA_DIR: folder,
  };
  expect(readAdminSettings(environment).token).toBe(toToken(1));
  expect(existsSync(path.join(folder, "rs-client-secret"))).toBe(false);
});
