import { OAuthError, OAuthErrorCode, type OAuthTokenVerifier } from "@modelcontextprotocol/server";
import { UnavailableError } from "@taiga-mcp/service";
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Harness, rpc, startHarness } from "../support/harness.ts";

let rs: Harness;
let seen: string[];
let verify: OAuthTokenVerifier["verifyAccessToken"];

beforeAll(async () => {
  rs = await startHarness({ verifier: { verifyAccessToken: (token) => verify(token) } });
});
afterAll(() => rs.close());
beforeEach(() => {
  seen = [];
  verify = async (token) => {
    seen.push(token);
    throw new OAuthError(OAuthErrorCode.InvalidToken, "The access token has expired");
  };
});

const SCOPES = "taiga:read taiga:write taiga:delete";
const post = (headers: Record<string, string> = {}, path = "/mcp") =>
  rs.post(rpc("tools/list"), { headers, path });
const challengeOf = (response: Response) => response.headers.get("www-authenticate");

describe("the bearer gate", () => {
  // @rule RFC6750-3-1
  it("tells an anonymous client where to log in and what to ask for, without an error code (RFC 6750 3.1)", async () => {
    const response = await post();
    expect(response.status).toBe(401);
    expect(challengeOf(response)).toBe(
      `Bearer scope="${SCOPES}", resource_metadata="${rs.url}/.well-known/oauth-protected-resource/mcp"`,
    );
    expect(await response.json()).toEqual({
      error: "invalid_token",
      error_description: "An access token is required",
    });
  });

  // @rule RFC6750-3-1
  it("answers an ended token with invalid_token, so that a client refreshes", async () => {
    const response = await post({ authorization: "Bearer dead" });
    expect(response.status).toBe(401);
    expect(challengeOf(response)).toBe(
      `Bearer error="invalid_token", error_description="The access token has expired", scope="${SCOPES}", resource_metadata="${rs.url}/.well-known/oauth-protected-resource/mcp"`,
    );
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(seen).toEqual(["dead"]);
  });

  it("challenges with every scope when a token has no scope of this server", async () => {
    verify = async () => {
      throw new OAuthError(OAuthErrorCode.InsufficientScope, "no scope");
    };
    const response = await post({ authorization: "Bearer weak" });
    expect(response.status).toBe(403);
    expect(challengeOf(response)).toContain('error="insufficient_scope"');
    expect(challengeOf(response)).toContain(`scope="${SCOPES}"`);
  });

  it.each(["/mcp?toolsets=core&readonly=true", "/mcp?readonly"])(
    "repeats the query of %s in the metadata address, because it belongs to the resource's name",
    async (path) => {
      const query = path.slice(path.indexOf("?"));
      expect(challengeOf(await post({}, path))).toContain(
        `resource_metadata="${rs.url}/.well-known/oauth-protected-resource/mcp${query}"`,
      );
    },
  );

  it.each([
    "/mcp?toolsets=nonsense",
    "/mcp?other=1",
    '/mcp?toolsets=core"',
    "/mcp?toolsets=core&x=1",
  ])("does not repeat %s, which is not a URL of this server", async (path) => {
    expect(challengeOf(await post({}, path))).toContain(
      `resource_metadata="${rs.url}/.well-known/oauth-protected-resource/mcp"`,
    );
  });

  // @rule RFC6750-2-1 OMIT-7
  it("treats another authentication scheme as a missing token", async () => {
    const response = await post({ authorization: "Basic dXNlcjpwYXNz" });
    expect(response.status).toBe(401);
    expect(challengeOf(response)).not.toContain("error=");
  });

  it("accepts the scheme in any case (RFC 9110 11.1)", async () => {
    await post({ authorization: "bearer aBc-._~+/==" });
    expect(seen).toEqual(["aBc-._~+/=="]);
  });

  // @rule RFC6750-2-1
  it.each(["Bearer one two", "Bearer a,b", 'Bearer "a"', "Bearer \u00e9"])(
    "refuses the malformed header %j with 400, without introspection",
    async (authorization) => {
      const response = await post({ authorization });
      expect(response.status).toBe(400);
      expect(challengeOf(response)).toContain('error="invalid_request"');
      expect(await response.json()).toMatchObject({ error: "invalid_request" });
      expect(seen).toEqual([]);
    },
  );

  // @rule RFC6750-2-1
  it("refuses two Authorization headers, because parsers disagree on which one counts", async () => {
    const { hostname, port, host } = new URL(rs.url);
    const sent = request({
      hostname,
      port,
      path: "/mcp",
      method: "POST",
      headers: ["host", host, "authorization", "Bearer good", "authorization", "Bearer other"],
    });
    sent.end();
    const [response] = (await once(sent, "response")) as [IncomingMessage];
    response.resume();
    expect(response.statusCode).toBe(400);
    expect(response.headers["www-authenticate"]).toContain('error="invalid_request"');
    expect(seen).toEqual([]);
  });

  // @rule RFC6750-2-1
  it.each([{}, { authorization: "Bearer good" }])(
    "refuses a token in the URL, where logs and histories keep it (headers %j)",
    async (headers) => {
      const response = await post(headers, "/mcp?access_token=secret");
      expect(response.status).toBe(400);
      expect(await response.text()).not.toContain("secret");
      expect(seen).toEqual([]);
    },
  );

  // @rule OUTAGE-2
  it("answers an outage with 503, because clients discard their login on a 401", async () => {
    verify = async () => {
      throw new UnavailableError("The authorization server does not answer.");
    };
    const response = await post({ authorization: "Bearer good" });
    expect(response.status).toBe(503);
    expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(challengeOf(response)).toBeNull();
    expect(await response.json()).toMatchObject({ status: 503 });
  });

  it("answers a bug with 500, without details", async () => {
    verify = async () => {
      throw new TypeError("inner secret");
    };
    const response = await post({ authorization: "Bearer good" });
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain("inner secret");
  });

  // @rule RFC6750-3-1
  it("offers no scope above the operator's limit", async () => {
    const limited = await startHarness({ config: { accessLimit: "write" } });
    const response = await limited.post(rpc("tools/list"));
    expect(challengeOf(response)).toContain('scope="taiga:read taiga:write",');
    await limited.close();
  });
});
