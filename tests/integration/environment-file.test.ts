// What `pnpm start` and `pnpm admin` make of the .env file.
import { globSync, readFileSync } from "node:fs";
import { ConfigurationError } from "@taiga-mcp/service";
import { describe, expect, it } from "vitest";
import { parseFile, toWarnings } from "../../scripts/environment-file.ts";
import { ENV_FILE_SETTINGS, isEnvFileSetting } from "../../scripts/known-settings.ts";

describe("a variable of .env", () => {
  // @rule OPS-9
  it.each([
    ["ACCES_LIMIT", "Did you mean ACCESS_LIMIT?"],
    ["ALLOWED_USER", "Did you mean ALLOWED_USERS?"],
    ["TOOLSET", "Did you mean TOOLSETS?"],
    ["HTTPS_PROT", "Did you mean HTTPS_PORT?"],
    ["MASTER_KEY_FIEL", "Did you mean MASTER_KEY_FILE?"],
    ["LOG_LEVEL_X", "docs/configuration.md"],
    ["SOMETHING_ELSE", "docs/configuration.md"],
  ])("%s is told with %j", (name, advice) => {
    const [warning, ...more] = toWarnings({ [name]: "hush" }, { [name]: "hush" });
    expect(warning).toMatch(new RegExp(`^\\.env: ${name} is not a setting`));
    expect(warning).toContain(advice);
    expect(warning).not.toContain("hush");
    expect(more).toEqual([]);
  });

  // @rule OPS-9
  it("is told of the shell only where it resembles a setting", () => {
    const shell = { ACCES_LIMIT: "read", LOG_LEVEL_X: "1", SOMETHING_ELSE: "1" };
    expect(toWarnings({}, shell)).toEqual([
      "ACCES_LIMIT is not a setting and has no effect. Did you mean ACCESS_LIMIT?",
    ]);
  });

  // @rule OPS-9
  it("is known when any part of the installation reads it", () => {
    const compose = ["docker-compose.yml", ...globSync("deploy/**/*.yml")];
    const used = compose.flatMap((file) => [
      ...readFileSync(file, "utf8").matchAll(/\$\{([A-Z_]+)/g),
    ]);
    const documented = readFileSync(".env.example", "utf8").matchAll(/^#([A-Z_]+)=/gm);
    const names = [...used, ...documented].map(([, name]) => String(name));
    expect(names.length).toBeGreaterThan(50);
    expect(names.filter((name) => !isEnvFileSetting(name))).toEqual([]);
    expect(
      toWarnings(Object.fromEntries(ENV_FILE_SETTINGS.map((name) => [name, "x"])), {}),
    ).toEqual([]);
  });
});

describe("a line of .env", () => {
  // @rule OPS-11
  it.each([
    "TAIGA_API_URL https://x",
    "TAIGA_API_URL",
    "TAIGA_API_URL: x",
    "=x",
    "TAIGA-API-URL=x",
  ])("that is not an assignment is an error: %s", (line) => {
    const parse = (): unknown => parseFile(`# A comment\n\nLOG_LEVEL=info\n${line}\n`);
    expect(parse).toThrow(ConfigurationError);
    expect(parse).toThrow(/^\.env, line 4: not an assignment\. [^\n]*$/);
    expect(parse).not.toThrow("https");
  });

  // @rule OPS-11
  it("may be indented, exported, quoted, empty, a comment, or end in CR LF", () => {
    const text =
      "\uFEFFA=1\r\n  export B = two words # x\r\n#C\r\nD=\r\n\r\nE='x\ny=z\nnot one'\nF=\"6\"\n";
    expect(parseFile(text)).toEqual({
      A: "1",
      B: "two words",
      D: "",
      E: "x\ny=z\nnot one",
      F: "6",
    });
  });
});
