import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalResource } from "../../src/engine/canonical-resource.ts";

const OURS = "https://mcp.example/mcp";

/** The same letters, each in upper or lower case. */
const inAnyCase = (text: string) =>
  fc.mixedCase(fc.constant(text), {
    toggleCase: (letter) => letter.toUpperCase(),
    untoggleAll: (mixed) => mixed.toLowerCase(),
  });

describe("the resource of a request", () => {
  // @rule RFC8707-2-1
  it("is accepted in every spelling that clients use: case of scheme and host, one slash, a query, the default port", () => {
    const spelling = fc
      .tuple(
        inAnyCase("https://mcp.example"),
        fc.constantFrom("", ":443"),
        fc.constantFrom("/mcp", "/mcp/"),
        fc.constantFrom("", "?readonly", "?toolsets=core&readonly=true"),
      )
      .map((parts) => parts.join(""));
    fc.assert(
      fc.property(spelling, (text) => {
        expect(canonicalResource(text, OURS)).toBe(OURS);
      }),
    );
  });

  // @rule RFC8707-2-1 INPUT-4
  it("is never another host, port, path or scheme, however similar it looks", () => {
    const part = fc.string({ unit: "grapheme-ascii", minLength: 1, maxLength: 6 });
    const stranger = fc.oneof(
      part.map((text) => `https://mcp.example${text.replace(/^[/?]/, ".")}/mcp`),
      part.map((text) => `https://${text}mcp.example/mcp`),
      part.map((text) => `https://mcp.example/mcp/${text}`),
      part.map((text) => `https://mcp.example/${text}/mcp`),
      fc.integer({ min: 1, max: 65_535 }).map((port) => `https://mcp.example:${port}/mcp`),
      fc.webUrl(),
      fc.string({ unit: "binary" }),
      fc.constantFrom("http://mcp.example/mcp", "https://mcp.example/MCP", "//mcp.example/mcp"),
    );
    fc.assert(
      fc.property(stranger, (text) => {
        // A browser must also read every accepted spelling as this server.
        if (canonicalResource(text, OURS) === undefined) return;
        const url = new URL(text);
        expect(url.origin).toBe("https://mcp.example");
        expect(url.pathname).toMatch(/^\/mcp\/?$/);
        expect(url.username + url.password + url.hash).toBe("");
      }),
    );
  });

  it("is refused with a user name or a fragment, which RFC 8707 §2 forbids", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{0,5}$/), (text) => {
        expect(canonicalResource(`${OURS}#${text}`, OURS)).toBeUndefined();
        expect(canonicalResource(`https://x${text}@mcp.example/mcp`, OURS)).toBeUndefined();
      }),
    );
  });
});
