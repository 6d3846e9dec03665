import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Browser, openBrowser, UID } from "./browser.ts";

const COOKIE = "__Host-taiga-mcp-application";
const CODE = "0f8fad5b-d9cb-469f-a165-70867728950e";

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser({ offers: "application" });
});
afterAll(() => browser.close());

const code = fc.oneof(
  fc.constantFrom(CODE, CODE, "None", "", `${CODE}%00`, `${CODE}&auth_code=${CODE}`),
  fc
    .string({ unit: "binary", maxLength: 40 })
    .map((text) => encodeURIComponent(text.toWellFormed())),
);
const query = fc.oneof(
  code.map((text) => `auth_code=${text}`),
  code.map((text) => `auth_code[]=${text}`),
  fc.stringMatching(/^[\x21\x24-\x7e]{0,30}$/),
);
/** Forged tickets: an attacker can set the cookie, but does not know a real ticket. */
const ticket = fc.oneof(
  fc.stringMatching(/^[\w-]{43}$/),
  fc.stringMatching(/^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]{0,30}$/),
);

describe("a return from Taiga with any code", () => {
  // @rule LOGIN-9 INPUT-8
  it("is refused without the ticket of a trip that this service started", async () => {
    await fc.assert(
      fc.asyncProperty(query, ticket, async (sent, forged) => {
        browser.cookies.set(COOKIE, forged);
        for (const path of [`/taiga/callback?${sent}`, `/interaction/${UID}/taiga`]) {
          const { status, headers } = await browser.get(path);
          expect([status, headers.get("Location")]).toEqual([400, null]);
        }
        expect(browser.redeemed).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  // @rule INPUT-8
  it("of a started trip is passed to Taiga as a UUID once, or is refused", async () => {
    await fc.assert(
      fc.asyncProperty(query, async (sent) => {
        browser.cookies.clear();
        browser.redeemed.length = 0;
        await browser.submit("taiga", {});
        const { status } = await browser.get(`/taiga/callback?${sent}`);
        await browser.get(`/interaction/${UID}/taiga`);
        expect([303, 400]).toContain(status);
        expect(browser.redeemed).toHaveLength(status === 303 ? 1 : 0);
        for (const { authCode } of browser.redeemed) expect(authCode).toMatch(/^[\da-f-]{32,36}$/i);
      }),
      { numRuns: 60 },
    );
  });
});
