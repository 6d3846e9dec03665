import { ConfigurationError, describeEnvironment } from "@taiga-mcp/service";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { rootCertificates } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TOOLSETS } from "@taiga-mcp/taiga-tools";
import { parseConfig } from "../src/config.ts";
import { ResourceServerSettings } from "../src/settings.ts";

let dataDir: string;
beforeAll(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), "config-"));
});
afterAll(() => rm(dataDir, { recursive: true }));

const SECRET = "0123456789abcdef0123456789abcdef";
const parse = (environment: Record<string, string> = {}) =>
  parseConfig({ DATA_DIR: dataDir, ...environment });
const reasonOf = (environment: Record<string, string>) => {
  try {
    parse(environment);
    return "accepted";
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return error.message;
  }
};

describe("parseConfig", () => {
  it("needs no settings on a local machine", async () => {
    const config = parse();
    expect(config).toMatchObject({
      resource: "http://localhost:3002/mcp",
      issuer: "http://localhost:3001",
      authServerUrl: "http://127.0.0.1:3011",
      resourceServer: { clientId: "taiga-mcp-resource-server" },
      listener: { host: "127.0.0.1", port: 3002 },
      taigaApiUrl: "http://localhost:3003/api/v1",
      taigaWebUrl: "http://localhost:3003",
      accessLimit: "delete",
      introspectionCacheSeconds: 30,
      toolsets: TOOLSETS,
      defaultToolsets: ["core"],
      allowedOrigins: [],
    });
    const shared = await readFile(path.join(dataDir, "rs-client-secret"), "utf8");
    expect(config.resourceServer.clientSecret).toBe(shared.trim());
  });

  it("builds both public addresses from PUBLIC_URL", () => {
    expect(
      parse({ PUBLIC_URL: "https://mcp.example", TAIGA_API_URL: "https://taiga.example/sub" }),
    ).toMatchObject({
      resource: "https://mcp.example/mcp",
      issuer: "https://mcp.example",
      taigaApiUrl: "https://taiga.example/sub/api/v1",
      taigaWebUrl: "https://taiga.example/sub",
    });
  });

  it("uses the same settings for Taiga as the authorization server", async () => {
    const file = path.join(dataDir, "ca.pem");
    await writeFile(file, rootCertificates[0] ?? "");
    const { taigaConnection } = parse({
      TAIGA_API_URL: "https://taiga.example",
      TAIGA_CA_FILE: file,
      HTTPS_PROXY: "http://proxy.example:3128",
      NO_PROXY: "other.example",
    });
    expect(taigaConnection).toEqual({
      ca: [rootCertificates[0]?.trim()],
      proxy: { url: "http://proxy.example:3128", noProxy: "other.example" },
    });
  });

  it("reads lists with spaces in them", () => {
    expect(
      parse({ TOOLSETS: " core ,", ALLOWED_ORIGINS: "https://a.test, http://b.test:8080" }),
    ).toMatchObject({
      toolsets: ["core"],
      allowedOrigins: ["https://a.test", "http://b.test:8080"],
    });
  });

  it.each([
    [{ ISSUER: "https://auth.example" }, /^TAIGA_API_URL is not set: the sandbox/],
    [{ MCP_URL: "https://mcp.example/mcp" }, /^TAIGA_API_URL is not set: the sandbox/],
    [{ TAIGA_API_URL: "http://taiga.internal" }, /^TAIGA_API_URL: must be https/],
    [{ STORE_URL: "redis://localhost" }, /^RS_CLIENT_SECRET is not set/],
    [
      { TOOLSETS: "core,nonsense" },
      /^TOOLSETS: must be auto, or a comma-separated list of core, .*diagnostics/,
    ],
    [{ TOOLSETS: "," }, /^TOOLSETS: must be auto, or a comma-separated list/],
    [{ ALLOWED_ORIGINS: "https://a.test/" }, /^ALLOWED_ORIGINS: must be bare origins/],
    [{ ALLOWED_ORIGINS: "*" }, /^ALLOWED_ORIGINS: must be a comma-separated list/],
    [
      { AUTH_SERVER_INTERNAL_URL: "http://auth/x" },
      /^AUTH_SERVER_INTERNAL_URL: must be a bare origin/,
    ],
    [{ AUTH_SERVER_INTERNAL_URL: "auth" }, /^AUTH_SERVER_INTERNAL_URL: must be an absolute/],
    [
      { INTROSPECTION_CACHE_SECONDS: "31" },
      /^INTROSPECTION_CACHE_SECONDS: must be a whole number of seconds from 0 to 30/,
    ],
    [{ INTROSPECTION_CACHE_SECONDS: "1.5" }, /^INTROSPECTION_CACHE_SECONDS: must be a whole/],
    [{ TAIGA_MAX_PARALLEL: "0" }, /^TAIGA_MAX_PARALLEL: must be a whole number from 1 to 256/],
    [{ TAIGA_TIMEOUT_MS: "soon" }, /^TAIGA_TIMEOUT_MS: must be a whole number of milliseconds/],
    [{ MCP_URL: "https://mcp.example/" }, /^MCP_URL: /],
    [{ RESOURCE_SERVER_PORT: "70000" }, /^RESOURCE_SERVER_PORT: /],
  ])("refuses %j by name and rule", (environment, reason) =>
    expect(reasonOf(environment)).toMatch(reason),
  );

  it.each([
    { TAIGA_API_URL: "http://taiga.internal", ALLOW_HTTP_TAIGA: "true" },
    { TAIGA_API_URL: "http://127.0.0.1:8000" },
    { INTROSPECTION_CACHE_SECONDS: "0" },
    { STORE_URL: "redis://localhost", RS_CLIENT_SECRET: SECRET },
  ])("accepts %j", (environment) => expect(reasonOf(environment)).toBe("accepted"));

  it("describes every setting, for the documentation", () => {
    const undescribed = describeEnvironment(ResourceServerSettings).filter(
      ({ description }) => !/^[A-Z].*\.$/.test(description),
    );
    expect(undescribed).toEqual([]);
  });
});
