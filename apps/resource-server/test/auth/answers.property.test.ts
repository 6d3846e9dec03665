import { OAuthError } from "@modelcontextprotocol/server";
import { ACCESS_LEVELS, toAccessLevel, UnavailableError } from "@taiga-mcp/service";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createAuthorizationServer } from "../../src/auth/authorization-server.ts";
import { createIntrospectionVerifier } from "../../src/auth/introspection-verifier.ts";
import { createTaigaCredentials } from "../../src/auth/taiga-credentials.ts";
import { ToolError } from "@taiga-mcp/taiga-tools";

const NOW = 1_800_000_000;
const RESOURCE = "https://mcp.example/mcp";
const ISSUER = "https://auth.example";
const clock = () => NOW;

/** A server at the authorization server's address that answers exactly this. */
const answering = (answer: () => Response) =>
  createAuthorizationServer({
    issuer: ISSUER,
    authServerUrl: "http://127.0.0.1:3011",
    clientId: "rs",
    clientSecret: "secret",
    fetch: async () => answer(),
  });

const anything = fc.jsonValue({ maxDepth: 1 });
const or = <Value>(...good: Value[]) =>
  fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...good) }, { weight: 1, arbitrary: anything });
const scope = fc
  .array(fc.constantFrom(...ACCESS_LEVELS.map((level) => `taiga:${level}`), "openid", ""))
  .map((scopes) => scopes.join(" "));
const introspection = fc.record(
  {
    active: or(true, true, false),
    client_id: or("client"),
    sub: or("taiga.7"),
    aud: or<unknown>(RESOURCE, `${RESOURCE}/`, [RESOURCE, "x"], "https://other.example/mcp", []),
    iss: or(ISSUER, ISSUER, "https://evil.example"),
    exp: or(NOW + 600, NOW + 1, NOW, NOW - 1),
    scope: fc.oneof({ weight: 9, arbitrary: scope }, { weight: 1, arbitrary: anything }),
    gid: or("gid"),
    access: or(...ACCESS_LEVELS),
    projects: or<unknown>("all", [1, 2], []),
  },
  { requiredKeys: ["active", "client_id", "sub", "aud", "exp", "gid", "access", "projects"] },
);
const status = fc.oneof(
  { weight: 9, arbitrary: fc.constant(200) },
  { weight: 2, arbitrary: fc.integer({ min: 200, max: 599 }) },
);
const type = fc.oneof(
  { weight: 9, arbitrary: fc.constant("application/json") },
  { weight: 1, arbitrary: fc.constantFrom("text/html", "application/token-introspection+jwt") },
);
const bodyOf = (good: fc.Arbitrary<unknown>) =>
  fc.oneof(
    { weight: 8, arbitrary: good.map((value) => JSON.stringify(value)) },
    { weight: 1, arbitrary: fc.json({ maxDepth: 2 }) },
    { weight: 1, arbitrary: fc.string({ unit: "binary" }) },
  );

/** Some statuses must not have a body. */
const toResponse = (code: number, contentType: string, body: string): Response =>
  new Response([204, 205, 304].includes(code) ? null : body, {
    status: code,
    headers: { "content-type": contentType },
  });

describe("any introspection response", () => {
  // @rule MCP-AUTH-4
  it("allows a token only when it is active and for this server, within the lower of its limits", async () => {
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(status, type, bodyOf(introspection), async (code, contentType, body) => {
        const verifier = createIntrospectionVerifier({
          authorizationServer: answering(() => toResponse(code, contentType, body)),
          issuer: ISSUER,
          resource: RESOURCE,
          clock,
        });
        const outcome: unknown = await verifier
          .verifyAccessToken("token")
          .catch((error: unknown) => error);
        if (outcome instanceof OAuthError || outcome instanceof UnavailableError) return;
        if (outcome instanceof Error) throw outcome;
        accepted += 1;
        const said = JSON.parse(body) as Record<string, unknown>;
        expect([code, said["active"]]).toEqual([200, true]);
        expect([ISSUER, undefined]).toContain(said["iss"]);
        expect(said["exp"]).toBeGreaterThan(NOW);
        expect([said["aud"]].flat().join(" ")).toContain(RESOURCE);
        const { access, projects } = (outcome as { extra: Record<string, unknown> }).extra;
        const [granted, limit] = [toAccessLevel(String(said["scope"]).split(" ")), said["access"]];
        const rank = (level: unknown) => ACCESS_LEVELS.indexOf(level as "read");
        expect(rank(access)).toBe(Math.min(rank(granted), rank(limit)));
        expect(projects).toEqual(said["projects"]);
      }),
      { numRuns: 300 },
    );
    expect(accepted).toBeGreaterThan(0);
  });

  // @rule INPUT-16
  it("rejects a token only in the format of RFC 7662: any other response is an outage", async () => {
    await fc.assert(
      fc.asyncProperty(status, type, bodyOf(introspection), async (code, contentType, body) => {
        const server = answering(() => toResponse(code, contentType, body));
        const outcome: unknown = await server
          .introspect("token", 1_000)
          .catch((error: unknown) => error);
        if (outcome instanceof UnavailableError) return;
        const said = JSON.parse(body) as Record<string, unknown>;
        expect([code, typeof said["active"]]).toEqual([200, "boolean"]);
        expect(outcome).toEqual(said);
      }),
      { numRuns: 300 },
    );
  });
});

describe("any token exchange response", () => {
  const exchange = fc.record(
    {
      access_token: or("taiga", ""),
      token_type: or("Bearer", "bearer", "N_A"),
      expires_in: or<unknown>(600, 0, -1, 1e300, "600", "x", null),
      taiga_auth_scheme: or("Bearer", "Application"),
      error: or("invalid_grant", "server_error"),
    },
    { requiredKeys: [] },
  );

  // @rule INPUT-16
  it("is an expiring token, an ended login or an outage", async () => {
    await fc.assert(
      fc.asyncProperty(status, bodyOf(exchange), async (code, body) => {
        const credentials = createTaigaCredentials({
          authorizationServer: answering(() => toResponse(code, "application/json", body)),
          taigaApiUrl: "https://taiga.example/api/v1",
          issuer: ISSUER,
          clock,
        });
        const proof = { grantId: "gid", accessToken: "token" };
        const outcome: unknown = await credentials.get(proof).catch((error: unknown) => error);
        if (outcome instanceof UnavailableError) return;
        const said = JSON.parse(body) as Record<string, unknown>;
        if (outcome instanceof ToolError) {
          expect([outcome.code, said["error"]]).toEqual(["reconnect_required", "invalid_grant"]);
          expect(code).toBeGreaterThanOrEqual(400);
          return;
        }
        expect(code).toBe(200);
        expect(said["access_token"]).not.toBe("");
        const isApplication = said["taiga_auth_scheme"] === "Application";
        expect(outcome).toEqual({
          scheme: isApplication ? "Application" : "Bearer",
          token: said["access_token"],
        });
      }),
      { numRuns: 250 },
    );
  });
});
