import { describe, expect, it } from "vitest";
import { toRedirectTarget } from "../../../src/pages/views/redirect-target.ts";

describe("toRedirectTarget", () => {
  it.each([
    ["https://claude.ai/api/mcp/auth_callback", "site", "claude.ai"],
    ["https://example.com:8443/cb", "site", "example.com:8443"],
    ["https://xn--pypal-4ve.example/cb", "site", "xn--pypal-4ve.example"],
    ["https://pаypal.example/cb", "site", "xn--pypal-4ve.example"],
    ["http://localhost:3118/callback", "loopback", "localhost:3118"],
    ["http://127.0.0.1:3118/callback", "loopback", "127.0.0.1:3118"],
    ["http://[::1]:3118/callback", "loopback", "[::1]:3118"],
    ["https://localhost.evil.example/cb", "site", "localhost.evil.example"],
    ["cursor://anysphere.cursor-mcp/oauth/callback", "app", "cursor://anysphere.cursor-mcp"],
    ["com.example.app:/callback", "app", "com.example.app:"],
  ])("calls %s a %s named %s", (uri, kind, name) =>
    expect(toRedirectTarget(uri)).toMatchObject({ kind, name }),
  );

  // @rule MCP-SECURITY-1
  it("warns of programs on this computer and of apps on this device", () => {
    expect(toRedirectTarget("http://localhost:1/").caution).toContain(
      "any program on this computer",
    );
    expect(toRedirectTarget("cursor://x").caution).toContain("any app on this device");
  });

  it("keeps the end of a long host, which identifies its owner", () => {
    const { name } = toRedirectTarget(`https://${"a.".repeat(90)}evil.example/cb`);
    expect(name).toHaveLength(80);
    expect(name).toMatch(/^….*\.evil\.example$/);
  });

  it("warns of an unverified name, or of the limits of a verified host", () => {
    expect(toRedirectTarget("http://localhost:1/").caution).toContain("is not verified");
    const { caution } = toRedirectTarget("http://localhost:1/", true);
    expect(caution).not.toContain("not verified");
    expect(caution).toContain("any program on this computer");
  });
});
