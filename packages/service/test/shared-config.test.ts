import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import { readEnvironment, resolveSharedConfig, sharedSettings } from "../src/index.ts";

const resolve = (environment: Record<string, string>) =>
  resolveSharedConfig(readEnvironment(z.object(sharedSettings), environment));

const RS_CLIENT_SECRET = "s".repeat(32);

describe("resolveSharedConfig", () => {
  it("groups the settings by consumer", () => {
    const config = resolve({
      PUBLIC_URL: "https://mcp.example.com",
      TAIGA_API_URL: "https://taiga.example.com",
      RS_CLIENT_ID: "rs",
      RS_CLIENT_SECRET,
      STORE_URL: "redis://localhost",
      DATA_DIR: "/data",
      ACCESS_LIMIT: "write",
      LOG_LEVEL: "warn",
    });
    expect(config).toEqual({
      issuer: "https://mcp.example.com",
      resource: "https://mcp.example.com/mcp",
      taigaApiUrl: "https://taiga.example.com/api/v1",
      taigaWebUrl: "https://taiga.example.com",
      taigaSite: { name: "taiga.example.com", url: "https://taiga.example.com" },
      taigaConnection: { ca: undefined, proxy: undefined },
      resourceServer: { clientId: "rs", clientSecret: RS_CLIENT_SECRET },
      store: { url: "redis://localhost", dataDir: "/data", allowsEviction: false },
      accessLimit: "write",
      logLevel: "warn",
    });
  });

  it("creates a client secret in DATA_DIR when none is given", () => {
    const DATA_DIR = mkdtempSync(path.join(tmpdir(), "taiga-mcp-shared-"));
    onTestFinished(() => rmSync(DATA_DIR, { recursive: true }));
    const { clientSecret } = resolve({ DATA_DIR }).resourceServer;
    const file = path.join(DATA_DIR, "rs-client-secret");
    expect(clientSecret).toBe(readFileSync(file, "utf8").trim());
  });

  it("wants the client secret from replicas on Redis", () => {
    expect(() => resolve({ STORE_URL: "redis://localhost" })).toThrow(
      /^RS_CLIENT_SECRET is not set/,
    );
  });
});
