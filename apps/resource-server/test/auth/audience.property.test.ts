import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toCanonicalResource } from "../../src/auth/introspection-verifier.ts";

const OURS = "https://mcp.example/mcp";
const isOurs = (audience: string) => toCanonicalResource(audience) === toCanonicalResource(OURS);

describe("the audience of a token", () => {
  // @rule INPUT-16
  it("matches with a trailing slash, and with parameters that only narrow the resource", () => {
    const query = fc.constantFrom("", "?readonly", "?readonly=true&toolsets=core", "?toolsets=");
    const host = fc.constantFrom(
      "https://mcp.example",
      "HTTPS://MCP.example",
      "https://mcp.example:443",
    );
    fc.assert(
      fc.property(host, fc.constantFrom("/mcp", "/mcp/"), query, (origin, path, end) => {
        expect(isOurs(`${origin}${path}${end}`)).toBe(true);
      }),
    );
  });

  // @rule MCP-AUTH-4
  it("does not match when host, port, path, user or another parameter differs", () => {
    const stranger = fc.oneof(
      fc.webUrl({ withQueryParameters: true }),
      fc.string({ unit: "binary" }),
      fc.stringMatching(/^[a-z0-9]{1,8}$/).map((text) => `https://mcp.example/mcp/${text}`),
      fc.stringMatching(/^[a-z0-9]{1,8}$/).map((text) => `https://mcp.example/${text}mcp`),
      fc.stringMatching(/^[a-z0-9]{1,8}$/).map((text) => `https://${text}.mcp.example/mcp`),
      fc.stringMatching(/^[a-z0-9]{1,8}$/).map((text) => `https://${text}@mcp.example/mcp`),
      fc.stringMatching(/^[a-z0-9]{1,8}$/).map((text) => `https://mcp.example/mcp?x${text}=1`),
      fc.integer({ min: 1, max: 442 }).map((port) => `https://mcp.example:${port}/mcp`),
      fc.constantFrom("http://mcp.example/mcp", "https://mcp.example/MCP", "", "/mcp"),
    );
    fc.assert(
      fc.property(stranger, (audience) => {
        expect(isOurs(audience)).toBe(false);
      }),
      { numRuns: 300 },
    );
  });
});
