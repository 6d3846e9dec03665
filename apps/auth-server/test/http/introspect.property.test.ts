import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { basicAuth, request } from "../support/client.ts";
import { RESOURCE_SERVER, startSystem, type System } from "../support/system.ts";

const RUNS = { numRuns: 60 };
const FORM = { "content-type": "application/x-www-form-urlencoded" };

const name = fc.constantFrom("token", "token[]", "token[a]", "token_type_hint", "__proto__", "");
const value = fc.oneof(fc.string({ unit: "binary", maxLength: 40 }), fc.base64String());
const pair = fc
  .tuple(name, value)
  .map(([key, text]) => `${key}=${encodeURIComponent(text.toWellFormed())}`);
const form = fc.oneof(
  fc.array(pair, { maxLength: 4 }).map((pairs) => pairs.join("&")),
  fc.stringMatching(/^[\x20-\x7e]{0,60}$/),
);

describe("an introspection request with any form", () => {
  let system: System;
  beforeAll(async () => {
    system = await startSystem();
  });
  afterAll(() => system.close());

  const introspect = (body: string, authorization?: string) =>
    request(`${system.issuer}/introspect`, {
      method: "POST",
      headers: { ...FORM, ...(authorization !== undefined && { authorization }) },
      body,
    });

  // @rule INPUT-6
  it("is inactive or invalid_request, never active and never a server error", async () => {
    const { authorization } = basicAuth();
    await fc.assert(
      fc.asyncProperty(form, async (body) => {
        const { status, json } = await introspect(body, authorization);
        if (status === 200) expect(json).toEqual({ active: false });
        else expect([status, json["error"]]).toEqual([400, "invalid_request"]);
      }),
      RUNS,
    );
  });

  // @rule RFC6749-3.1-1
  it("is refused by name when any parameter is repeated, with any values", async () => {
    const repeated = fc.constantFrom("token", "token_type_hint", "x");
    await fc.assert(
      fc.asyncProperty(repeated, value, value, async (key, one, other) => {
        const body = new URLSearchParams([
          ["token", "a"],
          [key, one],
          [key, other],
        ]).toString();
        const { status, json } = await introspect(body, basicAuth().authorization);
        expect([status, json["error"]]).toEqual([400, "invalid_request"]);
        expect(json["error_description"]).toContain(`${key}: `);
      }),
      RUNS,
    );
  });

  // @rule RFC7662-2.1-1 INPUT-6
  it("rejects credentials that only resemble the resource server's", async () => {
    const { clientId, clientSecret } = RESOURCE_SERVER;
    const credentials = fc.oneof(
      fc.base64String().map((text) => `Basic ${text}`),
      fc.string({ maxLength: 20 }).map((text) => `Basic ${btoaUtf8(`${clientId}:${text}`)}`),
      fc
        .nat(clientSecret.length - 1)
        .map((length) => `Basic ${btoaUtf8(`${clientId}:${clientSecret.slice(0, length)}`)}`),
      fc.stringMatching(/^[\x21-\x7e]{0,20}$/),
    );
    await fc.assert(
      fc.asyncProperty(credentials, form, async (authorization, body) => {
        const { status, json } = await introspect(body, authorization);
        expect(json).not.toHaveProperty("active");
        // The body may also contain credentials, and two authentication methods at once are refused.
        expect([400, 401, 429]).toContain(status);
      }),
      RUNS,
    );
  });
});

const btoaUtf8 = (text: string): string => Buffer.from(text).toString("base64");
