import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createOriginRule } from "../../src/http/host-and-origin.ts";

const HOSTS = [
  ["localhost", "127.0.0.1", "127.1", "[::1]", "localhost.evil.test", "evil.test", "0.0.0.0"],
  ["mcp.example", "mcp.example.evil.test", "app.example", "xapp.example", "a@app.example"],
];
const host = fc.constantFrom(...HOSTS.flat());
const origin = fc.oneof(
  fc
    .tuple(
      fc.constantFrom("https", "http", "HTTPS", "file", "null"),
      host,
      fc.constantFrom("", ":443", ":8443", "/", "#"),
    )
    .map(([scheme, name, end]) => `${scheme}://${name}${end}`),
  fc.webUrl(),
  fc.string({ unit: "binary", maxLength: 20 }),
);
const RULES = { listenHost: "127.0.0.1", allowedOrigins: ["https://app.example"] };

describe("any text as an Origin", () => {
  // @rule MCP-TRANSPORT-1
  it("may call a public server only when it equals an allowed origin exactly", () => {
    const mayCall = createOriginRule({ ...RULES, resource: "https://mcp.example/mcp" });
    fc.assert(
      fc.property(origin, (text) => {
        expect(mayCall(text)).toBe(["https://mcp.example", "https://app.example"].includes(text));
      }),
      { numRuns: 400 },
    );
  });

  // @rule INPUT-15
  it("may call a server on this machine when a browser would load its page from this machine", () => {
    const mayCall = createOriginRule({ ...RULES, resource: "http://localhost:3002/mcp" });
    fc.assert(
      fc.property(origin, (text) => {
        if (text === "https://app.example" || !mayCall(text)) return;
        expect(new URL(text).hostname).toMatch(/^(localhost|127(\.\d+){3}|\[::1\])$/);
      }),
      { numRuns: 400 },
    );
  });
});
