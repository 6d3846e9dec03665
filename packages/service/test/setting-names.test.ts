import { describe, expect, it } from "vitest";
import { z } from "zod";
import { readEnvironment } from "../src/environment.ts";
import { ConfigurationError } from "../src/errors.ts";
import {
  findMisspeltNames,
  findMisspeltTaigaUrl,
  toMisspeltWarning,
  toSettingNames,
  warnOfMisspeltNames,
} from "../src/setting-names.ts";
import { sharedSettings } from "../src/settings.ts";

const schema = z.object(sharedSettings);
const known = toSettingNames(schema);

describe("a misspelt setting", () => {
  // @rule OPS-9
  it.each([
    ["ACCES_LIMIT", "ACCESS_LIMIT"],
    ["ACCESS_LIMTI", "ACCESS_LIMIT"],
    ["access_limit", "ACCESS_LIMIT"],
    ["TAIGA_WEBURL", "TAIGA_WEB_URL"],
    ["TAIGA_CAFILE", "TAIGA_CA_FILE"],
    ["RS_CLIENT_SECERT", "RS_CLIENT_SECRET"],
    ["RS_CLIENT_SECRET_FIEL", "RS_CLIENT_SECRET_FILE"],
    ["DATADIR", "DATA_DIR"],
  ])("%s is told as %s", (name, nearest) => {
    expect(findMisspeltNames({ [name]: "x" }, known)).toEqual([{ name, nearest }]);
  });

  // @rule OPS-9
  it.each([
    "LOG_LEVEL",
    "http_proxy",
    "https_proxy",
    "no_proxy",
    "HTTP_PROXY",
    "LOG_LEVEL_X",
    "LOG_LEVEL_ROOT",
    "HTTP_HOST",
    "FTP_PROXY",
    "ALL_PROXY",
    "XDG_DATA_DIRS",
    "USER",
    "PATH",
    "HOME",
    "LANG",
    "PUBLIC_IP",
    "DATA_SOURCE",
    "NO_COLOR",
    "NODE_OPTIONS",
  ])("is not seen in %s", (name) => {
    expect(findMisspeltNames({ [name]: "x" }, known)).toEqual([]);
  });

  // @rule OPS-9
  it("is logged by name, without its value", () => {
    const lines: unknown[][] = [];
    const logger = { warn: (...line: unknown[]) => void lines.push(line) };
    warnOfMisspeltNames({ RS_CLIENT_SECERT: "hush" }, schema, logger as never);
    expect(lines).toHaveLength(1);
    expect(JSON.stringify(lines)).toContain("Did you mean RS_CLIENT_SECRET?");
    expect(JSON.stringify(lines)).not.toContain("hush");
    expect(toMisspeltWarning({ name: "A", nearest: "B" })).not.toContain("hush");
  });
});

describe("a misspelt TAIGA_API_URL", () => {
  const names = [
    "TAIGA_APIURL",
    "TAIGA_API_ULR",
    "TIAGA_API_URL",
    "taiga_api_url",
    "TAIGA_API_URI",
    "TAIGA_URL",
    "TAIGA_API",
    "TAIGA_BASE_URL",
    "TAIGAAPIURL",
  ];

  // @rule OPS-10
  it.each(names)("as %s keeps the service from starting on the sandbox", (name) => {
    const start = (): unknown => readEnvironment(schema, { [name]: "https://taiga.example.com" });
    expect(start).toThrow(ConfigurationError);
    expect(start).toThrow(`Rename ${name} to TAIGA_API_URL`);
    expect(start).not.toThrow("taiga.example.com");
  });

  // @rule OPS-10
  it.each([
    { TAIGA_APIURL: "https://a.example", TAIGA_API_URL: "https://taiga.example.com" },
    { TAIGA_WEB_URL: "https://taiga.example.com" },
    { TAIGA_CA_FILE: "/ca.pem" },
    { TAIGA_APIURL: "" },
    { TAIGA_LOGIN: "both", SANDBOX_API_URL: "http://localhost:1" },
  ])("is not seen in %j", (environment) => {
    expect(findMisspeltTaigaUrl(environment, known)).toBeUndefined();
  });
});
