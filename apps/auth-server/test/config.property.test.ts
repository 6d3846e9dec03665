import { ConfigurationError } from "@taiga-mcp/service";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Config, parseConfig } from "../src/config.ts";
import { AuthServerSettings } from "../src/settings.ts";

/** Given, so that no key is generated in DATA_DIR. */
const SECRETS = { MASTER_KEY: "A".repeat(43), RS_CLIENT_SECRET: "s".repeat(40) };
const NAMES = Object.keys(AuthServerSettings.shape);

const parse = (name: string, value: string): Config | string => {
  try {
    return parseConfig({ ...SECRETS, [name]: value });
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return error.message;
  }
};

const value = fc.oneof(
  fc.constantFrom("0", "-1", "1e9", "NaN", "true", "on", "both", "a,b", ",", "*.", "https://", "/"),
  fc.stringMatching(/^[a-zA-Z0-9.,*@: -]{1,24}$/),
  fc.string({ unit: "binary", minLength: 1, maxLength: 24 }),
);

describe("any text as the value of any setting", () => {
  // @rule INPUT-13
  it("is accepted, or refused with a message that begins with a setting's name", () => {
    fc.assert(
      fc.property(fc.constantFrom(...NAMES), value, (name, text) => {
        const config = parse(name, text);
        if (typeof config === "string") expect(config).toMatch(/^[A-Z_]+\b/);
        else expect(config.masterKeys.every((key) => key.length === 32)).toBe(true);
      }),
      { numRuns: 600 },
    );
  });

  // @rule LOGIN-7
  it("never allows more users or hosts: each entry of a list was written there", () => {
    const LISTS = ["ALLOWED_USERS", "ALLOWED_EMAIL_DOMAINS", "CLIENT_DOCUMENT_ALLOWED_HOSTS"];
    fc.assert(
      fc.property(fc.constantFrom(...LISTS), value, (name, text) => {
        const config = parse(name, text);
        if (typeof config === "string") return;
        const { login, clients } = config;
        const { allowLists } = login;
        const lists = [allowLists.users, allowLists.emailDomains, clients.documentHosts.allowed];
        const list = lists[LISTS.indexOf(name)] ?? [];
        const written = text.split(",").map((part) => part.trim().toLowerCase());
        for (const each of list) expect(written).toContain(each);
        expect(list).not.toContain("");
        // An empty list would allow every user.
        expect(list.length).toBeGreaterThan(0);
      }),
      { numRuns: 400 },
    );
  });
});
