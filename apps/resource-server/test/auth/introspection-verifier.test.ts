import { OAuthError } from "@modelcontextprotocol/server";
import { UnavailableError } from "@taiga-mcp/service";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createAuthorizationServer } from "../../src/auth/authorization-server.ts";
import { createIntrospectionVerifier } from "../../src/auth/introspection-verifier.ts";
import {
  CLIENT_ID,
  CLIENT_SECRET,
  type FakeAuthorizationServer,
  startFakeAuthorizationServer,
} from "../support/fake-authorization-server.ts";
import { ISSUER, NOW } from "../support/harness.ts";

const RESOURCE = "https://mcp.test/mcp";
const LIVE = {
  active: true,
  client_id: "client",
  sub: "user",
  aud: RESOURCE,
  iss: ISSUER,
  exp: NOW + 1,
  scope: "taiga:read taiga:write",
  gid: "gid",
  access: "write",
  projects: [7, 8],
};

let authServer: FakeAuthorizationServer;
beforeAll(async () => {
  authServer = await startFakeAuthorizationServer();
});
afterAll(() => authServer.close());
beforeEach(() => {
  authServer.broken = undefined;
  authServer.requests = [];
});

const verifierWith = (
  more: { clientSecret?: string; authServerUrl?: string; fetch?: typeof fetch } = {},
) =>
  createIntrospectionVerifier({
    authorizationServer: createAuthorizationServer({
      issuer: ISSUER,
      authServerUrl: authServer.url,
      clientId: CLIENT_ID,
      clientSecret: CLIENT_SECRET,
      fetch,
      ...more,
    }),
    issuer: ISSUER,
    resource: RESOURCE,
    clock: () => NOW,
  });

const verify = (claims: unknown) => {
  authServer.introspections.set("token", claims);
  return verifierWith().verifyAccessToken("token");
};
const codeOf = async (call: Promise<unknown>) => {
  const error: unknown = await call.catch((thrown: unknown) => thrown);
  return error instanceof OAuthError ? error.code : error;
};

describe("a live token", () => {
  it("becomes auth info with user, access and expiry", async () => {
    expect(await verify(LIVE)).toEqual({
      token: "token",
      clientId: "client",
      scopes: ["taiga:read", "taiga:write"],
      expiresAt: NOW + 1,
      resource: new URL(RESOURCE),
      extra: { subject: "user", grantId: "gid", access: "write", projects: [7, 8] },
    });
  });

  it("is introspected once, with the resource server's credentials", async () => {
    await verify(LIVE);
    expect(authServer.requests).toEqual([{ path: "/introspect", form: { token: "token" } }]);
  });

  it.each([
    ["taiga:read", "admin", "read"],
    ["taiga:read taiga:write taiga:delete", "read", "read"],
    ["taiga:admin", "admin", "admin"],
  ])(
    "with the scopes %s and the grant's level %s may %s: the lower one applies",
    async (scope, access, level) => {
      const { extra } = await verify({ ...LIVE, scope, access });
      expect(extra?.["access"]).toBe(level);
    },
  );

  it.each([
    [`${RESOURCE}/`],
    [["https://other.test/mcp", RESOURCE]],
    [`${RESOURCE}?toolsets=core&readonly=true`],
    ["HTTPS://MCP.test/mcp"],
  ])("may have the audience %j", async (aud) => {
    await expect(verify({ ...LIVE, aud })).resolves.toBeDefined();
  });
});

describe("a token that is not for this server", () => {
  // @rule MCP-AUTH-4
  it.each([
    ["unknown or revoked", { active: false }],
    ["at the second of its expiry", { ...LIVE, exp: NOW }],
    ["of another issuer", { ...LIVE, iss: "https://evil.test" }],
    ["for another resource", { ...LIVE, aud: "https://mcp.test/other" }],
    ["for a resource below this one", { ...LIVE, aud: `${RESOURCE}/admin` }],
    ["for the same address with another query", { ...LIVE, aud: `${RESOURCE}?tenant=2` }],
    ["for an audience that is not a URL", { ...LIVE, aud: "client" }],
  ])("is refused when %s", async (_name, claims) => {
    expect(await codeOf(verify(claims))).toBe("invalid_token");
  });

  it("is refused with insufficient_scope when it has no scope of this server", async () => {
    expect(await codeOf(verify({ ...LIVE, scope: "openid email" }))).toBe("insufficient_scope");
  });
});

describe("when a token cannot be checked", () => {
  it.each([
    ["the authorization server fails", 500, { error: "server_error" }],
    ["its store is down", 503, { error: "temporarily_unavailable" }],
    ["it throttles requests", 429, { error: "slow_down" }],
    ["it refuses the request", 400, { error: "invalid_request" }],
    ["its response is empty", 200, {}],
    ["its response is not an object", 200, "x"],
  ])("because %s, it is an outage", async (_name, status, body) => {
    authServer.broken = { status, body };
    expect(await codeOf(verify(LIVE))).toBeInstanceOf(UnavailableError);
  });

  // @rule OUTAGE-2
  it.each(["sub", "aud", "exp", "gid", "access", "projects"])(
    "because %s is missing from the answer, it is an outage and not a guess",
    async (name) => {
      expect(await codeOf(verify({ ...LIVE, [name]: undefined }))).toBeInstanceOf(UnavailableError);
    },
  );

  // @rule OUTAGE-2
  it("because the resource server's secret is wrong, it is an outage that tells the operator so", async () => {
    const verifier = verifierWith({ clientSecret: "wrong" });
    const error = await codeOf(verifier.verifyAccessToken("token"));
    expect(error).toBeInstanceOf(UnavailableError);
    expect((error as Error).message).not.toContain("RS_CLIENT_SECRET");
    expect(((error as Error).cause as Error).message).toContain("RS_CLIENT_SECRET");
  });

  it("because no server listens there, it is an outage", async () => {
    const verifier = verifierWith({ authServerUrl: "http://127.0.0.1:1" });
    expect(await codeOf(verifier.verifyAccessToken("token"))).toBeInstanceOf(UnavailableError);
  });

  it("waits no longer than three seconds", async () => {
    const waits: number[] = [];
    const verifier = createIntrospectionVerifier({
      authorizationServer: {
        introspect: async (_token, timeoutMs) => {
          waits.push(timeoutMs);
          return { active: false };
        },
      },
      issuer: ISSUER,
      resource: RESOURCE,
      clock: () => NOW,
    });
    await codeOf(verifier.verifyAccessToken("token"));
    expect(waits).toEqual([3_000]);
  });

  it("gives up on an authorization server that does not answer", async () => {
    const hanging = createAuthorizationServer({
      issuer: ISSUER,
      authServerUrl: authServer.url,
      clientId: CLIENT_ID,
      clientSecret: CLIENT_SECRET,
      fetch: (_url, init) =>
        new Promise((_resolve, reject) => {
          init?.signal?.addEventListener("abort", () => reject(new Error("aborted")));
        }),
    });
    await expect(hanging.introspect("token", 20)).rejects.toBeInstanceOf(UnavailableError);
  });

  // @rule MCP-AUTH-5
  it("uses plain http only for a URL with http", async () => {
    const urls: string[] = [];
    const verifier = verifierWith({
      authServerUrl: "https://auth.internal",
      fetch: async (url) => {
        urls.push(url instanceof Request ? url.url : url.toString());
        return Response.json({ active: false });
      },
    });
    await codeOf(verifier.verifyAccessToken("token"));
    expect(urls).toEqual(["https://auth.internal/introspect"]);
  });
});
