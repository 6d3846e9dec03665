import { ConfigurationError, describeEnvironment } from "@taiga-mcp/service";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AuthServerSettings, parseConfig } from "../src/config.ts";

const KEY = Buffer.alloc(32, 1).toString("base64url");
const OTHER_KEY = Buffer.alloc(32, 2).toString("base64url");

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(path.join(tmpdir(), "auth-server-config-"));
});
afterEach(() => rmSync(dataDir, { recursive: true }));

const parse = (environment: Record<string, string> = {}) =>
  parseConfig({ DATA_DIR: dataDir, ...environment });

const REDIS = {
  STORE_URL: "redis://localhost:6379",
  MASTER_KEY: KEY,
  RS_CLIENT_SECRET: "x".repeat(32),
};

describe("addresses", () => {
  it("are this machine's when nothing is set, with the sandbox for a Taiga", () => {
    expect(parse()).toMatchObject({
      issuer: "http://localhost:3001",
      resource: "http://localhost:3002/mcp",
      taigaApiUrl: "http://localhost:3003/api/v1",
      taigaWebUrl: "http://localhost:3003",
      publicListener: { host: "127.0.0.1", port: 3001 },
      privateListener: { host: "127.0.0.1", port: 3011 },
      trustProxy: 0,
    });
  });

  it("follow PUBLIC_URL, and ISSUER and MCP_URL before it", () => {
    const taiga = { TAIGA_API_URL: "https://taiga.example/api/v1" };
    expect(parse({ PUBLIC_URL: "https://mcp.example", ...taiga })).toMatchObject({
      issuer: "https://mcp.example",
      resource: "https://mcp.example/mcp",
    });
    expect(
      parse({
        PUBLIC_URL: "https://mcp.example",
        ISSUER: "https://auth.example",
        MCP_URL: "https://mcp.example/taiga/mcp",
        ...taiga,
      }),
    ).toMatchObject({ issuer: "https://auth.example", resource: "https://mcp.example/taiga/mcp" });
  });

  it("of Taiga may be given with or without /api/v1, and people's apart from it", () => {
    expect(parse({ TAIGA_API_URL: "https://example.org/taiga/" })).toMatchObject({
      taigaApiUrl: "https://example.org/taiga/api/v1",
      taigaWebUrl: "https://example.org/taiga",
    });
    const config = parse({
      TAIGA_API_URL: "https://api.taiga.io",
      TAIGA_WEB_URL: "https://tree.taiga.io",
    });
    expect(config.taigaWebUrl).toBe("https://tree.taiga.io");
  });

  it.each([
    [{ ISSUER: "https://auth.example/" }, "ISSUER: must be a bare origin"],
    [{ ISSUER: "https://auth.example/tenant" }, "ISSUER: must be a bare origin"],
    [{ ISSUER: "http://auth.example" }, "ISSUER: must be https"],
    [{ PUBLIC_URL: "https://mcp.example" }, "TAIGA_API_URL is not set"],
    [{ TAIGA_API_URL: "http://taiga.example" }, "TAIGA_API_URL: must be https"],
    [{ ACCESS_TOKEN_TTL_SECONDS: "300" }, "ACCESS_TOKEN_TTL_SECONDS: must be at least 600"],
    [{ ACCESS_TOKEN_TTL_SECONDS: "7200" }, "ACCESS_TOKEN_TTL_SECONDS: must be at most 3600"],
    [
      { AUTHORIZATION_CODE_TTL_SECONDS: "601" },
      "AUTHORIZATION_CODE_TTL_SECONDS: must be at most 600",
    ],
    [{ REFRESH_GRACE_SECONDS: "31" }, "REFRESH_GRACE_SECONDS: must be at most 30"],
    [{ GRANT_TTL_SECONDS: "7776001" }, "GRANT_TTL_SECONDS: must be at most 7776000"],
    [{ MASTER_KEY: "too-short" }, "MASTER_KEY: must be one or more keys of 32 random bytes"],
    [{ MASTER_KEY: `${KEY},` }, "MASTER_KEY: must be one or more keys"],
  ])("%j is refused with the variable and the rule", (environment, sentence) => {
    expect(() => parse(environment)).toThrow(ConfigurationError);
    expect(() => parse(environment)).toThrow(sentence);
  });

  it("allows plain http to a Taiga elsewhere only when told so", () => {
    const config = parse({ TAIGA_API_URL: "http://taiga.internal", ALLOW_HTTP_TAIGA: "true" });
    expect(config.taigaApiUrl).toBe("http://taiga.internal/api/v1");
  });
});

describe("keys and secrets", () => {
  it("are made once and kept in DATA_DIR, for their owner only", () => {
    const first = parse();
    const second = parse();
    expect(second.masterKeys).toEqual(first.masterKeys);
    expect(second.resourceServer).toEqual(first.resourceServer);
    const file = path.join(dataDir, "rs-client-secret");
    expect(readFileSync(file, "utf8").trim()).toBe(first.resourceServer.clientSecret);
    expect(statSync(path.join(dataDir, "master-key")).mode & 0o777).toBe(0o600);
  });

  it("are taken as given, newest first", () => {
    const { masterKeys } = parse({ MASTER_KEY: `${KEY}, ${OTHER_KEY}` });
    expect(masterKeys.map((key) => key[0])).toEqual([1, 2]);
  });

  it.each(["MASTER_KEY", "RS_CLIENT_SECRET"])(
    "are never made by replicas: with Redis, %s must be given",
    (name) => {
      expect(parse(REDIS).storeUrl).toBe(REDIS.STORE_URL);
      expect(() => parse({ ...REDIS, [name]: "" })).toThrow(`${name} is not set`);
    },
  );
});

describe("the settings", () => {
  it("are all described", () => {
    const settings = describeEnvironment(AuthServerSettings);
    expect(settings.filter(({ description }) => description === "")).toEqual([]);
    expect(settings.filter(({ secret }) => secret).map(({ name }) => name)).toEqual([
      "RS_CLIENT_SECRET",
      "STORE_URL",
      "MASTER_KEY",
    ]);
  });
});

describe("who may log in, and how", () => {
  const ID = "0b6a6467-7a1c-4d6b-9c57-2f6d4a3e8c15";

  it("is everybody in Taiga, with a password, unless set", () => {
    expect(parse()).toMatchObject({
      offersPassword: true,
      applicationId: undefined,
      allowLists: { users: [], emailDomains: [] },
    });
  });

  it.each([
    ["application", false],
    ["both", true],
  ])("is %s on Taiga's pages when its application is named", (way, offersPassword) => {
    const environment = { TAIGA_LOGIN: way, TAIGA_APPLICATION_ID: ID };
    expect(parse(environment)).toMatchObject({ offersPassword, applicationId: ID });
    expect(() => parse({ TAIGA_LOGIN: way })).toThrow(/TAIGA_APPLICATION_ID is not set/);
  });

  it("reads lists in any case, and refuses what is none", () => {
    const { allowLists } = parse({
      ALLOWED_USERS: "Ada, bob",
      ALLOWED_EMAIL_DOMAINS: "Example.com,a.example",
    });
    expect(allowLists).toEqual({
      users: ["ada", "bob"],
      emailDomains: ["example.com", "a.example"],
    });
    expect(() => parse({ ALLOWED_USERS: "ada,,bob" })).toThrow(/ALLOWED_USERS/);
    for (const domain of ["@example.com", "*.example.com", "example", "a b.com"]) {
      expect(() => parse({ ALLOWED_EMAIL_DOMAINS: domain })).toThrow(/ALLOWED_EMAIL_DOMAINS/);
    }
  });
});
