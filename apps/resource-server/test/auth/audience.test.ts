import { describe, expect, it } from "vitest";
import { toCanonicalResource } from "../../src/auth/introspection-verifier.ts";

describe("toCanonicalResource", () => {
  it.each([
    "https://mcp.test/mcp",
    "https://mcp.test/mcp/",
    "HTTPS://MCP.test:443/mcp",
    "https://mcp.test/mcp?toolsets=core",
    "https://mcp.test/mcp/?readonly=true&toolsets=core#x",
  ])("normalises %s", (resource) =>
    expect(toCanonicalResource(resource)).toBe("https://mcp.test/mcp"),
  );

  // @rule MCP-AUTH-4
  it.each([
    "http://mcp.test/mcp",
    "https://mcp.test",
    "https://mcp.test/mcp/admin",
    "https://mcp.test/mcp//",
    "https://mcp.test/MCP",
    "https://mcp.test/mcp?tenant=1&toolsets=core",
    "https://mcp.test.evil/mcp",
    "mcp",
    "",
  ])("does not normalise %j to the same resource", (resource) =>
    expect(toCanonicalResource(resource)).not.toBe("https://mcp.test/mcp"),
  );
});
