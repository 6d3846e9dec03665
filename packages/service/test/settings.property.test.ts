import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { readEnvironment } from "../src/environment.ts";
import { ConfigurationError } from "../src/errors.ts";
import { isLoopback, isSafeUrl, sharedSettings, toTaigaApiUrl } from "../src/settings.ts";

const schema = z.object(sharedSettings);

/** A setting as the services take it, or `undefined` when they refuse it by its name. */
function read(name: "TAIGA_API_URL" | "PUBLIC_URL", value: string): string | undefined {
  try {
    return readEnvironment(schema, { [name]: value })[name];
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    expect(error.message).toMatch(new RegExp(`^${name}: `));
    return undefined;
  }
}

const path = fc
  .array(fc.stringMatching(/^[a-z0-9-]{1,8}$/), { maxLength: 3 })
  .map((parts) => parts.map((part) => `/${part}`).join(""));
const origin = fc
  .tuple(fc.constantFrom("https", "http"), fc.domain(), fc.constantFrom("", ":8443", ":9000"))
  .map(([scheme, host, port]) => `${scheme}://${host}${port}`);
const anyText = fc.oneof(
  fc.webUrl({ withQueryParameters: true, withFragments: true }),
  fc.string({ unit: "binary", minLength: 1 }).filter((text) => !text.includes("\0")),
  fc.constantFrom("https://", "https:a.example", "file:///etc", "https://u:p@a.example", "//a"),
);

describe("TAIGA_API_URL", () => {
  it("is the same address with and without /api/v1 and slashes", () => {
    fc.assert(
      fc.property(origin, path, (base, below) => {
        const expected = `${base}${below}/api/v1`;
        for (const end of ["", "/", "/api/v1", "/api/v1/", "//"]) {
          expect(read("TAIGA_API_URL", `${base}${below}${end}`)).toBe(expected);
        }
      }),
    );
  });

  // @rule INPUT-13
  it("of any text is refused by name, or is an address without user, query and fragment", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const url = read("TAIGA_API_URL", text);
        if (url === undefined) return;
        const { protocol, username, password, search, hash, pathname } = new URL(url);
        expect(protocol).toMatch(/^https?:$/);
        expect(username + password + search + hash).toBe("");
        expect(pathname).toMatch(/\/api\/v1$/);
        expect(toTaigaApiUrl(url)).toBe(url);
      }),
      { numRuns: 300 },
    );
  });
});

describe("PUBLIC_URL", () => {
  // @rule INPUT-13
  it("of any text is refused by name, or is a bare origin over TLS or on this machine", () => {
    fc.assert(
      fc.property(fc.oneof(anyText, origin), (text) => {
        const url = read("PUBLIC_URL", text);
        if (url === undefined) return;
        expect(new URL(url).origin).toBe(url);
        expect(isSafeUrl(url)).toBe(true);
        if (url.startsWith("http:")) expect(isLoopback(url)).toBe(true);
      }),
    );
  });
});
