// How much a stranger can store with one request, at the largest values that are accepted.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  type Answer,
  createPkce,
  postForm,
  postJson,
  REDIRECT_URI,
  register,
  request,
  toAuthorizeParams,
} from "../support/client.ts";
import { type DocumentHost, startDocumentHost } from "../support/document-host.ts";
import { createTestKv, type TestKv } from "../support/stores.ts";
import { startWhole } from "../support/whole.ts";
import { startSystem, type System } from "../support/system.ts";

const KB = 1_024;

let kv: TestKv;
let system: System;
let host: DocumentHost;
beforeEach(async () => {
  kv = createTestKv();
  host = await startDocumentHost();
  system = await startSystem({ kv, fetchDocument: host.fetch });
});
afterEach(async () => {
  await system.close();
  await host.close();
});

/** Bytes that a request leaves in the store. */
async function measure(send: () => Promise<Answer>): Promise<{ answer: Answer; bytes: number }> {
  kv.written.clear();
  const answer = await send();
  const texts = [...kv.written].flat();
  return { answer, bytes: texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0) };
}

const openAuthorize = (params: URLSearchParams): Promise<Answer> =>
  request(`${system.issuer}/authorize?${params.toString()}`);

/** A `state` that makes the request as long as it may be. */
function fillUp(params: URLSearchParams, limit = 4 * KB): URLSearchParams {
  params.set("state", "");
  params.set("scope", "taiga:read taiga:write");
  const used = [...params].reduce((sum, [, value]) => sum + value.length, 0);
  params.set("state", "x".repeat(limit - used));
  return params;
}

describe("one anonymous request stores at most", () => {
  // @rule COST-3
  it("8 kB at /authorize, and longer ones are refused with a page", async () => {
    const clientId = await register(system);
    const params = toAuthorizeParams(clientId, createPkce());
    const largest = await measure(() => openAuthorize(fillUp(params)));
    expect(largest.answer.status).toBe(303);
    expect(largest.bytes).toBeGreaterThan(5 * KB);
    expect(largest.bytes).toBeLessThan(8 * KB);
    const longer = await measure(() => openAuthorize(fillUp(params, 4 * KB + 1)));
    expect(longer.answer.status).toBe(400);
    expect(longer.answer.text).toContain("the longest is state");
    // Counters only.
    expect(longer.bytes).toBeLessThan(KB);
    const form = await measure(() =>
      postForm(`${system.issuer}/authorize`, fillUp(params, 20 * KB)),
    );
    expect(form.answer.status).toBe(400);
    expect(form.bytes).toBeLessThan(KB);
  });

  // @rule COST-3
  it("12 kB at /register, and larger ones are refused", async () => {
    const toUri = (index: number, length: number) =>
      `https://a.example/${index}/`.padEnd(length, "x");
    const registerUris = (length: number) =>
      measure(() =>
        postJson(`${system.issuer}/register`, {
          redirect_uris: Array.from({ length: 10 }, (_, index) => toUri(index, length)),
        }),
      );
    const largest = await registerUris(780);
    expect(largest.answer.status).toBe(201);
    expect(largest.bytes).toBeLessThan(12 * KB);
    const larger = await registerUris(840);
    expect([larger.answer.status, larger.answer.json["error"]]).toEqual([
      400,
      "invalid_client_metadata",
    ]);
    expect(larger.bytes).toBeLessThan(KB);
  });

  // @rule COST-3
  it("20 kB with a metadata document", async () => {
    const redirects = Array.from({ length: 9 }, (_, index) =>
      `https://a.example/${index}/`.padEnd(780, "x"),
    );
    const clientId = host.publish("/client", { redirect_uris: [...redirects, REDIRECT_URI] });
    const params = fillUp(toAuthorizeParams(clientId, createPkce()));
    const { answer, bytes } = await measure(() => openAuthorize(params));
    expect(answer.status).toBe(303);
    expect(bytes).toBeLessThan(20 * KB);
  });

  const long = "x".repeat(20 * KB);
  // @rule COST-3
  it.each<[string, (at: System) => Promise<Answer>]>([
    [
      "a code at /token",
      ({ issuer }) =>
        postForm(`${issuer}/token`, {
          grant_type: "authorization_code",
          client_id: "x",
          code: long,
          code_verifier: "x".repeat(43),
        }),
    ],
    [
      "a refresh token at /token",
      ({ issuer }) =>
        postForm(`${issuer}/token`, {
          grant_type: "refresh_token",
          client_id: long,
          refresh_token: "x",
        }),
    ],
    [
      "a token at /revoke",
      ({ issuer }) => postForm(`${issuer}/revoke`, { client_id: "x", token: long }),
    ],
    ["a token at /introspect", ({ issuer }) => postForm(`${issuer}/introspect`, { token: long })],
    [
      "an unknown client",
      ({ issuer }) => request(`${issuer}/authorize?client_id=${long.slice(0, 3_000)}`),
    ],
    ["a page", ({ issuer }) => request(`${issuer}/interaction/${long.slice(0, 3_000)}`)],
    ["a registration", ({ issuer }) => request(`${issuer}/register/${long.slice(0, 3_000)}`)],
    ["nothing", ({ issuer }) => request(`${issuer}/${long.slice(0, 3_000)}`)],
  ])("a counter, for %s that does not exist", async (_what, send) => {
    const { bytes } = await measure(() => send(system));
    expect(bytes).toBeLessThan(KB);
  });

  // @rule COST-3
  it("a counter for a form without a login", async () => {
    const whole = await startWhole({ kv });
    try {
      const { bytes } = await measure(() =>
        postForm(`${whole.issuer}/interaction/x/login`, { username: long, password: long }),
      );
      expect(bytes).toBeLessThan(KB);
    } finally {
      await whole.close();
    }
  });
});
