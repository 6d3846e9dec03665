import fc from "fast-check";
import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type Answer,
  basicAuth,
  connect,
  introspect,
  postJson,
  REDIRECT_URI,
  request,
  type Tokens,
} from "../support/client.ts";
import { startSystem, type System, TAIGA_API_URL } from "../support/system.ts";

const RUNS = { numRuns: 80 };
const FORM = { "content-type": "application/x-www-form-urlencoded" };
const EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";

let system: System;
let clientId: string;
let tokens: Tokens;
beforeAll(async () => {
  system = await startSystem({
    settings: { REGISTRATIONS_PER_HOUR: "1000000", REGISTRATIONS_PER_HOUR_TOTAL: "1000000" },
  });
  ({ clientId, tokens } = await connect(system));
});
afterAll(() => system.close());

const text = fc.oneof(
  fc.constantFrom("authorization_code", "refresh_token", EXCHANGE, "password", "null", "a", ""),
  fc.constantFrom(REDIRECT_URI, "taiga:admin", "%00", "__proto__"),
  fc.string({ unit: "binary", maxLength: 20 }).map((value) => value.toWellFormed()),
);
const names = [
  ["grant_type", "code", "code_verifier", "redirect_uri", "refresh_token", "scope", "resource"],
  ["client_id", "client_secret", "client_assertion", "client_assertion_type", "token"],
  ["subject_token", "subject_token_type", "token_type_hint", "x", "__proto__", "token[]", ""],
];
const name = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom(...names.flat()) },
  { weight: 1, arbitrary: fc.constantFrom('quo"te', "back\\slash", "é\n") },
);
const pair = fc.tuple(name, text).map((parts) => parts.map(encodeURIComponent).join("="));
const form = fc.oneof(
  fc.array(pair, { maxLength: 8 }).map((pairs) => pairs.join("&")),
  fc.array(pair, { maxLength: 4 }).map((pairs) => [`client_id=${clientId}`, ...pairs].join("&")),
  pair.map((twice) => `${twice}&${twice}`),
  fc.stringMatching(/^[\x20-\x7e]{0,80}$/),
);

/** RFC 6749 §5.2: printable ASCII without quote and backslash. */
const PLAIN = /^[\x20-\x21\x23-\x5b\x5d-\x7e]*$/;

/** A client error in readable form, never a server error or an outage. */
function expectRefusal({ status, json }: Answer): void {
  expect(status).toBeGreaterThanOrEqual(400);
  expect(status).toBeLessThan(500);
  expect(json["error"]).toMatch(/^[a-z_]+$/);
  expect(json["error_description"] ?? "").toMatch(PLAIN);
  expect(json).not.toHaveProperty("access_token");
}

describe("a form with any fields", () => {
  // @rule RFC6749-5.2-1 INPUT-5
  it("gets no tokens at the token endpoint, but an error that clients can read", async () => {
    await fc.assert(
      fc.asyncProperty(form, async (body) => {
        expectRefusal(
          await request(`${system.issuer}/token`, { method: "POST", headers: FORM, body }),
        );
      }),
      RUNS,
    );
  });

  // @rule RFC7009-2.1-1 INPUT-5
  it("revokes no other client's token, whatever the response", async () => {
    const url = `${system.issuer}/revoke`;
    await fc.assert(
      fc.asyncProperty(form, async (body) => {
        const answer = await request(url, { method: "POST", headers: FORM, body });
        // RFC 7009 §2.2: an unknown token is not an error.
        if (answer.status !== 200) expectRefusal(answer);
      }),
      RUNS,
    );
    expect((await introspect(system.issuer, tokens.access_token)).json["active"]).toBe(true);
  });

  // @rule INPUT-5
  it("gets no Taiga token on the private listener, not even from the resource server", async () => {
    const asked = fc.oneof(
      form,
      fc
        .array(pair, { maxLength: 4 })
        .map((pairs) => [`grant_type=${EXCHANGE}`, ...pairs].join("&")),
    );
    await fc.assert(
      fc.asyncProperty(asked, fc.boolean(), async (body, isResourceServer) => {
        const headers = { ...FORM, ...(isResourceServer && basicAuth()) };
        const url = `${system.privateUrl}/token`;
        expectRefusal(await request(url, { method: "POST", headers, body }));
      }),
      RUNS,
    );
  });

  it("gets one when every field is right, so that the tests above are meaningful", async () => {
    const rejected = createHash("sha256").update("x").digest("base64url");
    const body = new URLSearchParams({
      grant_type: EXCHANGE,
      subject_token: tokens.access_token,
      subject_token_type: "urn:ietf:params:oauth:token-type:access_token",
      resource: TAIGA_API_URL,
      rejected_token_sha256: rejected,
    });
    const url = `${system.privateUrl}/token`;
    const answer = await request(url, { method: "POST", headers: basicAuth(), body });
    expect(answer.json["access_token"]).toBe("taiga-token");
  });
});

describe("a registration with any body", () => {
  const nested = fc
    .integer({ min: 1, max: 8_000 })
    .map((depth) => "[".repeat(depth) + "]".repeat(depth));
  const uris = JSON.stringify([REDIRECT_URI]);
  const body = fc.oneof(
    fc.json({ maxDepth: 3 }),
    fc.string({ unit: "binary" }),
    nested,
    nested.map((deep) => `{"redirect_uris":${uris},"jwks":{"keys":[{"kty":"EC","x":${deep}}]}}`),
    nested.map((deep) => `{"redirect_uris":${uris},"contacts":${deep}}`),
    fc.json({ maxDepth: 2 }).map((value) => `{"redirect_uris":${uris},"jwks":{"keys":[${value}]}}`),
    fc.json({ maxDepth: 1 }).map((value) => `{"redirect_uris":${uris},"client_name":${value}}`),
  );

  // @rule RFC7591-3.2.2-1 INPUT-2
  it("creates a client or is refused with an error that its author can read", async () => {
    await fc.assert(
      fc.asyncProperty(body, async (sent) => {
        const headers = { "content-type": "application/json" };
        const url = `${system.issuer}/register`;
        const answer = await request(url, { method: "POST", headers, body: sent });
        if (answer.status !== 201) return expectRefusal(answer);
        expect(answer.json["redirect_uris"]).toEqual([REDIRECT_URI]);
        expect(Object.values(answer.json)).not.toContain(null);
      }),
      RUNS,
    );
  });

  // @rule RFC7592-2-1 INPUT-2
  it("changes a registration only to permitted values (RFC 7592)", async () => {
    const { json } = await postJson(`${system.issuer}/register`, { redirect_uris: [REDIRECT_URI] });
    const url = String(json["registration_client_uri"]);
    const authorization = `Bearer ${String(json["registration_access_token"])}`;
    const headers = { "content-type": "application/json", authorization };
    await fc.assert(
      fc.asyncProperty(body, fc.boolean(), async (sent, isNamed) => {
        const id = `{"client_id":${JSON.stringify(json["client_id"])},`;
        const named = isNamed ? sent.replace(/^\{(?!\})/, id) : sent;
        const answer = await request(url, { method: "PUT", headers, body: named });
        if (answer.status !== 200) expectRefusal(answer);
        const now = await request(url, { headers: { authorization } });
        expect(now.json).toMatchObject({
          client_id: json["client_id"],
          redirect_uris: [REDIRECT_URI],
          application_type: "native",
        });
      }),
      RUNS,
    );
  });
});
