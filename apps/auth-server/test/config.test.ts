import { ConfigurationError, describeEnvironment } from "@taiga-mcp/service";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseConfig } from "../src/config.ts";
import { AuthServerSettings } from "../src/settings.ts";

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

const PROXY = "http://user:password@proxy.example:3128";

/** Every secret: its name, a value, and the other settings that it needs to take effect. */
const SECRETS: [string, string, Record<string, string>][] = [
  ["HTTPS_PROXY", PROXY, { TAIGA_API_URL: "https://taiga.example" }],
  ["HTTP_PROXY", PROXY, { TAIGA_API_URL: "http://taiga.internal", ALLOW_HTTP_TAIGA: "true" }],
  ["RS_CLIENT_SECRET", "y".repeat(32), {}],
  ["STORE_URL", REDIS.STORE_URL, REDIS],
  ["MASTER_KEY", KEY, {}],
];

describe("addresses", () => {
  it("are on this machine by default, with the sandbox as Taiga", () => {
    expect(parse()).toMatchObject({
      issuer: "http://localhost:3001",
      resource: "http://localhost:3002/mcp",
      taigaApiUrl: "http://localhost:3003/api/v1",
      taigaWebUrl: "http://localhost:3003",
      listeners: {
        public: { host: "127.0.0.1", port: 3001 },
        private: { host: "127.0.0.1", port: 3011 },
        trustProxy: 0,
      },
    });
  });

  it("follow PUBLIC_URL, unless ISSUER and MCP_URL are set", () => {
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

  it("of Taiga may be given with or without /api/v1, and its web address separately", () => {
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

  // @rule RFC8414-2-3 MCP-AUTH-2
  it.each([
    [{ ISSUER: "https://auth.example/" }, "ISSUER: must be a bare origin"],
    [{ ISSUER: "https://auth.example/tenant" }, "ISSUER: must be a bare origin"],
    [{ ISSUER: "http://auth.example" }, "ISSUER: must be https"],
    [{ PUBLIC_URL: "https://mcp.example" }, "TAIGA_API_URL is not set"],
    [{ TAIGA_API_URL: "http://taiga.example" }, "TAIGA_API_URL: must be https"],
    [
      { ACCESS_TOKEN_TTL_SECONDS: "300" },
      "ACCESS_TOKEN_TTL_SECONDS: must be a whole number of seconds from 600 to 3600: with less",
    ],
    [
      { ACCESS_TOKEN_TTL_SECONDS: "7200" },
      "ACCESS_TOKEN_TTL_SECONDS: must be a whole number of seconds from 600 to 3600",
    ],
    [
      { AUTHORIZATION_CODE_TTL_SECONDS: "601" },
      "AUTHORIZATION_CODE_TTL_SECONDS: must be a whole number of seconds from 10 to 600",
    ],
    [
      { REFRESH_GRACE_SECONDS: "31" },
      "REFRESH_GRACE_SECONDS: must be a whole number of seconds from 0 to 30",
    ],
    [
      { GRANT_TTL_SECONDS: "7776001" },
      "GRANT_TTL_SECONDS: must be a whole number of seconds from 7200 to 7776000",
    ],
    [{ CLIENT_ID_METADATA_DOCUMENTS: "yes" }, "CLIENT_ID_METADATA_DOCUMENTS: must be auto, on or"],
    [
      { CLIENT_DOCUMENT_DENIED_HOSTS: "https://evil.example" },
      "CLIENT_DOCUMENT_DENIED_HOSTS: must be host names without scheme",
    ],
    [
      { CLIENT_DOCUMENT_ALLOWED_HOSTS: "claude.ai, *" },
      "CLIENT_DOCUMENT_ALLOWED_HOSTS: must be host names",
    ],
    [
      { REGISTRATIONS_PER_HOUR_TOTAL: "0" },
      "REGISTRATIONS_PER_HOUR_TOTAL: must be a whole number from 1 to 1000000.",
    ],
    [{ MASTER_KEY: "too-short" }, "MASTER_KEY: must be one or more keys of 32 random bytes"],
    [{ MASTER_KEY: `${KEY},` }, "MASTER_KEY: must be one or more keys"],
  ])("%j is refused with the variable and the rule", (environment, sentence) => {
    expect(() => parse(environment)).toThrow(ConfigurationError);
    expect(() => parse(environment)).toThrow(sentence);
  });

  it("allow plain http to a remote Taiga only with an explicit setting", () => {
    const config = parse({ TAIGA_API_URL: "http://taiga.internal", ALLOW_HTTP_TAIGA: "true" });
    expect(config.taigaApiUrl).toBe("http://taiga.internal/api/v1");
  });
});

describe("clients' metadata documents", () => {
  const TAIGA = { TAIGA_API_URL: "https://taiga.example" };
  const OPEN = { PUBLIC_URL: "https://mcp.example", ...TAIGA };
  const LOCAL = { PUBLIC_URL: "https://localhost:8443", ...TAIGA };

  // @rule CIMD-1
  it.each([
    [{}, false],
    [LOCAL, false],
    [OPEN, true],
    [{ ...OPEN, CLIENT_ID_METADATA_DOCUMENTS: "off" }, false],
    [{ CLIENT_ID_METADATA_DOCUMENTS: "on" }, true],
  ])(
    "are enabled with %j: %s, because hosts of metadata documents may be unreachable from a local machine",
    (given, taken) => expect(parse(given).clients.takesDocuments).toBe(taken),
  );

  it("may be limited to allowed hosts, and hosts may be denied", () => {
    expect(parse().clients.documentHosts).toEqual({ allowed: [], denied: [] });
    expect(
      parse({
        CLIENT_DOCUMENT_ALLOWED_HOSTS: "Claude.ai, *.example.com,8.8.8.8,",
        CLIENT_DOCUMENT_DENIED_HOSTS: "2606:4700::1",
      }).clients.documentHosts,
    ).toEqual({ allowed: ["claude.ai", "*.example.com", "8.8.8.8"], denied: ["2606:4700::1"] });
  });
});

describe("keys and secrets", () => {
  it("may be several in a file as well, so that they can be rotated there", () => {
    const before = parse();
    const file = path.join(dataDir, "master-key");
    const added = Buffer.alloc(32, 9);
    writeFileSync(file, `${added.toString("base64url")},${readFileSync(file, "utf8")}`);
    expect(parse().masterKeys).toEqual([new Uint8Array(added), ...before.masterKeys]);
  });

  // @rule KEYS-5
  it("are generated once and kept in DATA_DIR, readable only by their owner", () => {
    const first = parse();
    const second = parse();
    expect(second.masterKeys).toEqual(first.masterKeys);
    expect(second.resourceServer).toEqual(first.resourceServer);
    const file = path.join(dataDir, "rs-client-secret");
    expect(readFileSync(file, "utf8").trim()).toBe(first.resourceServer.clientSecret);
    expect(statSync(path.join(dataDir, "master-key")).mode & 0o777).toBe(0o600);
  });

  it("are used as given, newest first", () => {
    const { masterKeys } = parse({ MASTER_KEY: `${KEY}, ${OTHER_KEY}` });
    expect(masterKeys.map((key) => key[0])).toEqual([1, 2]);
  });

  it.each(SECRETS)("may be read from a file: %s", (name, value, others) => {
    const file = path.join(dataDir, "given");
    writeFileSync(file, `${value}\n`);
    const without = { ...others, [name]: "" };
    const given = parse({ ...without, [name]: value });
    expect(parse({ ...without, [`${name}_FILE`]: file })).toEqual(given);
    expect(parse(without)).not.toEqual(given);
  });

  // @rule KEYS-5
  it.each(["MASTER_KEY", "RS_CLIENT_SECRET"])(
    "are never generated with Redis, which replicas share: %s must be given",
    (name) => {
      expect(parse(REDIS).store.url).toBe(REDIS.STORE_URL);
      expect(() => parse({ ...REDIS, [name]: "" })).toThrow(`${name} is not set`);
    },
  );
});

describe("the settings", () => {
  it("are all described", () => {
    const settings = describeEnvironment(AuthServerSettings);
    expect(settings.filter(({ description }) => description === "")).toEqual([]);
    expect(settings.filter(({ secret }) => secret).map(({ name }) => name)).toEqual(
      SECRETS.map(([name]) => name),
    );
  });
});

describe("who may log in, and how", () => {
  const ID = "0b6a6467-7a1c-4d6b-9c57-2f6d4a3e8c15";

  it("is every Taiga user, with a password, by default", () => {
    expect(parse().login).toMatchObject({
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
    expect(parse(environment).login).toMatchObject({ offersPassword, applicationId: ID });
    expect(() => parse({ TAIGA_LOGIN: way })).toThrow(/TAIGA_APPLICATION_ID is not set/);
  });

  it("reads lists in any letter case, and refuses invalid entries", () => {
    const { allowLists } = parse({
      ALLOWED_USERS: "Ada, bob",
      ALLOWED_EMAIL_DOMAINS: "Example.com,a.example",
    }).login;
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
