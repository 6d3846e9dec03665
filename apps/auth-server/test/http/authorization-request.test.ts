import { describe, expect, it } from "vitest";
import { canonicalResource } from "../../src/engine/canonical-resource.ts";
import { toAuthorizationRequest } from "../../src/http/authorization-request.ts";

const resource = "https://mcp.example/mcp";
const shape = (query: string, accessLimit: "read" | "write" | "delete" | "admin" = "admin") =>
  toAuthorizationRequest(new URLSearchParams(query), { resource, accessLimit });

describe("the scope of an authorization request", () => {
  // @rule RFC6749-3.3-1
  it.each([
    ["", "taiga:read taiga:write taiga:delete taiga:admin"],
    ["scope=", "taiga:read taiga:write taiga:delete taiga:admin"],
    ["scope=openid%20profile%20email", "taiga:read taiga:write taiga:delete taiga:admin"],
    ["scope=openid%20taiga:read%20offline_access", "taiga:read"],
    ["scope=taiga:delete", "taiga:read taiga:write taiga:delete"],
    ["scope=taiga:admin+unknown", "taiga:read taiga:write taiga:delete taiga:admin"],
  ])("%j becomes %j", (query, scope) => expect(shape(query).get("scope")).toBe(scope));

  it("never goes beyond the operator's limit", () => {
    expect(shape("scope=taiga:admin", "write").get("scope")).toBe("taiga:read taiga:write");
    expect(shape("", "read").get("scope")).toBe("taiga:read");
  });
});

describe("the other parameters", () => {
  // @rule RFC6749-3.3-1
  it("drops OpenID's, which the engine refuses without the openid scope", () => {
    const query =
      "nonce=1&max_age=0&id_token_hint=x&claims=%7B%7D&acr_values=a&login_hint=b&ui_locales=de";
    expect([...shape(`client_id=x&${query}`).keys()]).toEqual(["client_id", "resource", "scope"]);
  });

  // @rule RFC6749-4.1-1
  it("drops every response mode, so that the answer is a redirect with a query", () => {
    for (const mode of ["form_post", "fragment", "query", "web_message"]) {
      expect(shape(`response_mode=${mode}`).has("response_mode")).toBe(false);
    }
  });

  it("keeps prompt=none and drops the others, because users are asked every time", () => {
    expect(shape("prompt=none").get("prompt")).toBe("none");
    for (const prompt of ["consent", "login", "select_account", "create"]) {
      expect(shape(`prompt=${prompt}`).has("prompt")).toBe(false);
    }
  });

  // @rule CVE-2026-9689
  it("leaves repeated parameters repeated, so that the engine refuses them", () => {
    expect(shape("state=1&state=2").getAll("state")).toEqual(["1", "2"]);
    expect(shape("scope=taiga:read&scope=taiga:write").getAll("scope")).toHaveLength(2);
  });

  it("normalises the resource, and uses the default when it is absent", () => {
    expect(shape("").getAll("resource")).toEqual([resource]);
    expect(shape("resource=https://MCP.example:443/mcp/").getAll("resource")).toEqual([resource]);
    expect(shape("resource=https://x.example/mcp").get("resource")).toBe("https://x.example/mcp");
  });

  it("passes on parameters that the engine must refuse by name", () => {
    expect([...shape("request=x&request_uri=y").keys()]).toContain("request_uri");
  });
});

describe("canonicalResource", () => {
  // @rule RFC8707-2-1
  it.each([
    "https://mcp.example/mcp",
    "https://mcp.example/mcp/",
    "HTTPS://MCP.EXAMPLE/mcp",
    "https://mcp.example:443/mcp",
    "https://mcp.example/mcp?toolsets=core",
  ])(
    "accepts %s, because some clients use this spelling and would loop on invalid_target",
    (requested) => expect(canonicalResource(requested, resource)).toBe(resource),
  );

  // @rule RFC8707-2-1
  it.each([
    "https://mcp.example",
    "https://mcp.example/",
    "https://mcp.example/MCP",
    "https://mcp.example/mcp//",
    "https://mcp.example/mcp/admin",
    "https://mcp.example/mcp#x",
    "https://user@mcp.example/mcp",
    "http://mcp.example/mcp",
    "https://mcp.example:8443/mcp",
    "https://mcp.example.evil.example/mcp",
    "nope",
  ])("refuses %s, so that a token for one resource never fits another", (requested) =>
    expect(canonicalResource(requested, resource)).toBeUndefined(),
  );
});
