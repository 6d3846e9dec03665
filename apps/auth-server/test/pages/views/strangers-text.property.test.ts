import fc from "fast-check";
import { parse } from "node-html-parser";
import { describe, expect, it } from "vitest";
import { findRedirectUriFault } from "../../../src/clients/redirect-uri.ts";
import { toDisplayName } from "../../../src/pages/views/display-name.ts";
import { renderLoginPage } from "../../../src/pages/views/login-page.ts";
import { toRedirectTarget } from "../../../src/pages/views/redirect-target.ts";

const TRICKS = [
  ["\u202e", "\u200b", "\u0000", "\n", "\u2028", "\u{e0041}", "e\u0301", "\u0301", "\ud83d"],
  ["<script>", "</title>", '"', "'", "&quot;", "<!--", "]]>", " ", "a", "漢", "👩"],
];
const trick = fc.constantFrom(...TRICKS.flat());
const name = fc.oneof(
  fc.array(trick, { maxLength: 90 }).map((parts) => parts.join("")),
  fc.string({ unit: "binary", maxLength: 90 }),
);

describe("any text as a client's name", () => {
  // @rule MCP-SECURITY-2 INPUT-10
  it("is one short line without hidden characters, or empty", () => {
    fc.assert(
      fc.property(name, (text) => {
        const shown = toDisplayName(text);
        if (shown === undefined) return;
        expect(Array.from(shown).length).toBeLessThanOrEqual(60);
        expect(shown).not.toMatch(/\p{C}|[\p{Zl}\p{Zp}\t]|^\s|\s$/u);
        expect(shown).not.toMatch(/\p{M}{3}/u);
        expect(shown).not.toBe("");
      }),
      { numRuns: 400 },
    );
  });

  // @rule MCP-SECURITY-2 INPUT-10
  it("adds no element and no attribute anywhere on a page", async () => {
    const render = async (text: string) => {
      const client = { name: text, redirectUri: "http://localhost:1/cb" };
      const form = { basePath: "/interaction/x", cancelCsrfToken: "c", taigaName: "taiga.example" };
      const csrfTokens = { login: "token" };
      const html = parse(
        await renderLoginPage({ ...form, csrfTokens, client, username: text, alert: text }),
      );
      return html
        .querySelectorAll("*")
        .map(({ tagName, attributes }) => [tagName, ...Object.keys(attributes)]);
    };
    // A name without readable text leaves an element out.
    const readable = name.map((text) => `n${text}`);
    const plain = await render("n");
    await fc.assert(
      fc.asyncProperty(readable, async (text) => {
        expect(await render(text)).toEqual(plain);
      }),
      { numRuns: 80 },
    );
  });
});

describe("any redirect URI that may be registered", () => {
  const uri = fc
    .oneof(
      fc.webUrl({ validSchemes: ["https"], withQueryParameters: true }),
      fc.stringMatching(/^([a-z]{9,19}\.){4,9}example$/).map((host) => `https://${host}/cb`),
      fc.integer({ min: 1, max: 65_535 }).map((port) => `http://localhost:${port}/cb`),
      fc.stringMatching(/^[a-z]{2,9}\.[a-z.]{2,90}[a-z]:\/[a-z/]{0,9}$/),
    )
    .filter((text) => findRedirectUriFault(text) === undefined);

  // @rule MCP-SECURITY-1 INPUT-10
  it("is shown by the end of its host, which identifies its owner, never by its path", () => {
    fc.assert(
      fc.property(uri, (text) => {
        const { kind, name: shown } = toRedirectTarget(text);
        const url = new URL(text);
        expect(shown.length).toBeLessThanOrEqual(80);
        expect(shown).toMatch(/^…?[\x21-\x7e]+$/);
        const whole = url.host === "" ? url.protocol : url.host;
        expect(kind === "app" || whole.endsWith(shown.replace("…", ""))).toBe(true);
        expect(kind === "loopback").toBe(url.hostname === "localhost");
        expect(kind === "site").toBe(url.protocol === "https:");
      }),
      { numRuns: 200 },
    );
  });
});
