import path from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { describeEnvironment, readEnvironment } from "../src/environment.ts";
import { isLoopback, isSafeUrl, sharedSettings, toTaigaApiUrl } from "../src/settings.ts";

const schema = z.object(sharedSettings);
const read = (environment: Record<string, string>) => readEnvironment(schema, environment);

describe("isLoopback", () => {
  it.each([
    "http://localhost",
    "http://LOCALHOST:3001/x",
    "http://127.0.0.1",
    "http://127.8.9.10:80",
    "http://[::1]:3002",
    "http://2130706433/", // 127.0.0.1 as the URL parser writes it
  ])("holds for %s", (url) => expect(isLoopback(url)).toBe(true));

  it.each([
    "http://localhost.example.com",
    "http://127.0.0.1.example.com",
    "http://notlocalhost",
    "http://user@example.com#localhost",
    "http://localhost@example.com",
    "http://0.0.0.0",
    "http://10.0.0.1",
    "http://[::2]",
    "http://128.0.0.1",
  ])("does not hold for %s", (url) => expect(isLoopback(url)).toBe(false));
});

describe("isSafeUrl", () => {
  it.each([
    ["https://example.com", true],
    ["http://localhost:3001", true],
    ["http://example.com", false],
    ["ftp://localhost", false],
    ["javascript:alert(1)", false],
  ])("%s: %s", (url, safe) => expect(isSafeUrl(url)).toBe(safe));
});

describe("sharedSettings", () => {
  it("has a default for everything, so that a start without any setting works", () => {
    expect(read({})).toEqual({
      ALLOW_EVICTING_STORE: false,
      ALLOW_HTTP_TAIGA: false,
      AUTH_SERVER_PORT: 3001,
      RESOURCE_SERVER_PORT: 3002,
      RUNNING_IN_CONTAINER: false,
      SANDBOX_API_URL: "http://localhost:3003/api/v1",
      ACCESS_LIMIT: "admin",
      RS_CLIENT_ID: "taiga-mcp-resource-server",
      STORE_URL: "sqlite:",
      DATA_DIR: path.resolve(".data"),
      LOG_LEVEL: "info",
      TRUST_PROXY: 0,
    });
  });

  it("describes every setting, because the documentation is made from it", () => {
    for (const setting of describeEnvironment(schema)) {
      expect(setting).toMatchObject({ description: expect.stringMatching(/^[A-Z].+\.$/) });
    }
  });

  it.each(["ISSUER", "PUBLIC_URL"])("takes a bare origin as %s", (name) => {
    for (const url of [
      "https://a.example.com",
      "https://a.example.com:8443",
      "http://localhost:1",
    ]) {
      expect(read({ [name]: url })).toMatchObject({ [name]: url });
    }
  });

  // @rule RFC8414-2-3 OMIT-8
  it.each([
    ["https://a.example.com/", "must be a bare origin such as"],
    ["https://a.example.com/path", "must be a bare origin such as"],
    ["https://a.example.com:443", "must be a bare origin such as"],
    ["https://A.example.com", "must be a bare origin such as"],
    ["https://a.example.com?x", "must have neither a query nor a fragment"],
    ["https://u:p@a.example.com", "must not contain a user name or a password"],
    ["http://a.example.com", "must be https \\(http only on localhost\\)"],
    ["a.example.com", "must be an absolute http or https URL"],
    ["nope", "must be an absolute http or https URL"],
    ["ftp://localhost", "must be an absolute http or https URL"],
  ])("refuses ISSUER=%s: clients compare issuers byte by byte", (ISSUER, rule) => {
    expect(() => read({ ISSUER })).toThrow(new RegExp(`^ISSUER: ${rule}`));
  });

  // @rule RFC8414-2-3
  it.each([
    ["https://a.example.com", "must have a path, such as /mcp"],
    ["https://a.example.com/", "must not end with a slash"],
    ["https://a.example.com/mcp/", "must not end with a slash"],
    ["https://a.example.com/mcp?x=1", "must have neither a query nor a fragment"],
    ["https://a.example.com/mcp#x", "must have neither a query nor a fragment"],
    ["https://u:p@a.example.com/mcp", "must not contain a user name or a password"],
    ["http://a.example.com/mcp", "must be https"],
    ["nope", "must be an absolute http or https URL"],
  ])("refuses MCP_URL=%s", (MCP_URL, rule) => {
    expect(() => read({ MCP_URL })).toThrow(new RegExp(`MCP_URL: ${rule}`));
  });

  it.each([
    ["https://taiga.example.com", "https://taiga.example.com/api/v1"],
    ["https://taiga.example.com/", "https://taiga.example.com/api/v1"],
    ["https://taiga.example.com/api/v1", "https://taiga.example.com/api/v1"],
    ["https://taiga.example.com/api/v1/", "https://taiga.example.com/api/v1"],
    ["https://example.com/taiga", "https://example.com/taiga/api/v1"],
    ["https://example.com/taiga/api/v1//", "https://example.com/taiga/api/v1"],
    ["http://taiga:8000", "http://taiga:8000/api/v1"],
  ])("takes TAIGA_API_URL=%s and spells it %s", (url, spelled) => {
    expect(read({ TAIGA_API_URL: url }).TAIGA_API_URL).toBe(spelled);
    expect(toTaigaApiUrl(spelled)).toBe(spelled);
  });

  it.each([
    "https://taiga.example.com/?x=1",
    "https://u:p@taiga.example.com",
    "taiga.example.com",
    "ftp://taiga",
  ])("refuses TAIGA_API_URL=%s instead of dropping half of it", (TAIGA_API_URL) => {
    expect(() => read({ TAIGA_API_URL })).toThrow(/^TAIGA_API_URL: must /);
  });

  it("takes TAIGA_WEB_URL below a path, without the slash that links would double", () => {
    const settings = read({ TAIGA_WEB_URL: "https://example.com/taiga/" });
    expect(settings.TAIGA_WEB_URL).toBe("https://example.com/taiga");
  });

  it.each(["https://taiga.example.com/?x=1", "https://u:p@taiga.example.com", "taiga.example.com"])(
    "refuses TAIGA_WEB_URL=%s, which no link can start with",
    (TAIGA_WEB_URL) => expect(() => read({ TAIGA_WEB_URL })).toThrow(/^TAIGA_WEB_URL: must /),
  );

  it.each([
    "sqlite:",
    "redis://localhost:6379/1",
    "rediss://user:hunter2@host",
    "redis+sentinel://host1:26379,host2:26379/mymaster",
    "rediss+sentinel://user:hunter2@host1,host2/mymaster/1",
  ])("takes STORE_URL=%s", (STORE_URL) => expect(read({ STORE_URL }).STORE_URL).toBe(STORE_URL));

  // @rule OMIT-10
  it.each([
    "sqlite",
    "sqlite:file",
    "memory:",
    "redis:host",
    "redis+cluster://host",
    "sentinel://host",
    "postgres://u:hunter2@host",
  ])("refuses STORE_URL=%s without repeating it", (STORE_URL) => {
    expect(() => read({ STORE_URL })).toThrow(
      /^STORE_URL: must be sqlite: or start with redis:\/\/, rediss:\/\/, redis\+sentinel:\/\/ or rediss\+sentinel:\/\/\.$/,
    );
  });

  it.each([
    ["ACCESS_LIMIT", "root", "must be one of read, write, delete, admin"],
    ["LOG_LEVEL", "verbose", "must be one of fatal, error, warn, info, debug, trace, silent"],
    ["ALLOW_HTTP_TAIGA", "1", "must be true or false"],
    ["RS_CLIENT_SECRET", "too short", "must be at least 32 characters long"],
    ["TRUST_PROXY", "x", "must be a whole number from 0 to 10"],
    ["TRUST_PROXY", "1.5", "must be a whole number from 0 to 10"],
    ["TRUST_PROXY", "-1", "must be a whole number from 0 to 10"],
    ["TRUST_PROXY", "11", "must be a whole number from 0 to 10"],
  ])("refuses %s=%s and says: %s", (name, value, rule) => {
    expect(() => read({ [name]: value })).toThrow(`${name}: ${rule}.`);
  });
});
