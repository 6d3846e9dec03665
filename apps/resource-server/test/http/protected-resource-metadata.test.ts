import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { toMetadataUrl } from "../../src/http/protected-resource-metadata.ts";
import { type Harness, ISSUER, startHarness } from "../support/harness.ts";

let rs: Harness;
beforeAll(async () => {
  rs = await startHarness({ config: { accessLimit: "delete" } });
});
afterAll(() => rs.close());

const WELL_KNOWN = "/.well-known/oauth-protected-resource";
const get = (path: string) => fetch(`${rs.url}${path}`);

describe("protected resource metadata (RFC 9728)", () => {
  // @rule RFC9728-3.1-1
  it.each([`${WELL_KNOWN}/mcp`, WELL_KNOWN, `${WELL_KNOWN}/`])("is at %s", async (path) => {
    const response = await get(path);
    expect(response.status).toBe(200);
    expect(response.headers.get("cache-control")).toBe("public, max-age=300");
    expect(await response.json()).toEqual({
      resource: rs.mcp,
      authorization_servers: [ISSUER],
      scopes_supported: ["taiga:read", "taiga:write", "taiga:delete"],
      bearer_methods_supported: ["header"],
      resource_name: "Taiga MCP",
    });
  });

  // @rule MCP-AUTH-8
  it("repeats the query of a URL that selects tools, because clients compare the two", async () => {
    const response = await get(`${WELL_KNOWN}/mcp?toolsets=core&readonly=true`);
    expect(await response.json()).toMatchObject({
      resource: `${rs.mcp}?toolsets=core&readonly=true`,
    });
  });

  it.each(["?toolsets=nonsense", "?x=1"])("does not repeat %s", async (query) => {
    const response = await get(`${WELL_KNOWN}/mcp${query}`);
    expect(await response.json()).toMatchObject({ resource: rs.mcp });
  });

  // @rule EDGE-10
  it("is built from the configuration, never from proxy headers", async () => {
    const response = await fetch(`${rs.url}${WELL_KNOWN}/mcp`, {
      headers: {
        "x-forwarded-host": "evil.test",
        "x-forwarded-proto": "https",
        forwarded: "host=evil.test",
      },
    });
    expect(await response.text()).not.toContain("evil");
  });

  it("is at the path of RFC 9728 section 3.1, for any path of the resource", () => {
    expect(toMetadataUrl("https://host.test/deep/mcp")).toBe(
      `https://host.test${WELL_KNOWN}/deep/mcp`,
    );
  });

  // @rule RFC9728-3.1-1
  it("needs no token", async () => {
    expect((await get(`${WELL_KNOWN}/mcp`)).status).toBe(200);
  });
});
