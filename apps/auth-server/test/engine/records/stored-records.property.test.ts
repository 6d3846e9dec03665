import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { connect, introspect, refresh, type Tokens } from "../../support/client.ts";
import { createTestKv, type TestKv } from "../../support/stores.ts";
import { startSystem, type System } from "../../support/system.ts";

const TTL = { ttlSeconds: 600 };
const stored = fc.oneof(
  fc.json({ maxDepth: 2 }),
  fc.string({ unit: "binary" }),
  fc.constantFrom("", "null", "[]", "{}", '{"exp":9999999999}', '{"access":"admin"}'),
);

let kv: TestKv;
let system: System;
let clientId: string;
let tokens: Tokens;
beforeEach(async () => {
  kv = createTestKv();
  system = await startSystem({ kv });
  ({ clientId, tokens } = await connect(system));
});
afterEach(() => system.close());

const keysOf = (kind: string): string[] =>
  [...kv.written.keys()].filter((key) => key.startsWith(`${kind}:`));

describe("any text as a stored record", () => {
  // @rule INPUT-12
  it.each(["at", "grant"])("makes no token active when it replaces %s", async (kind) => {
    const keys = keysOf(kind);
    expect(keys).not.toEqual([]);
    expect((await introspect(system.issuer, tokens.access_token)).json["active"]).toBe(true);
    await fc.assert(
      fc.asyncProperty(stored, async (text) => {
        for (const key of keys) await kv.set(key, text, TTL);
        const { status, json } = await introspect(system.issuer, tokens.access_token);
        if (status === 200) expect(json).toEqual({ active: false });
        // The state is unknown, so the login must not end.
        else expect([500, 503]).toContain(status);
      }),
      { numRuns: 60 },
    );
  });

  // @rule INPUT-12
  it.each(["rt", "client"])("gives no tokens when it replaces %s", async (kind) => {
    const keys = keysOf(kind);
    expect(keys).not.toEqual([]);
    await fc.assert(
      fc.asyncProperty(stored, async (text) => {
        for (const key of keys) await kv.set(key, text, TTL);
        const { status, json } = await refresh(system, clientId, tokens.refresh_token);
        expect(status).toBeGreaterThanOrEqual(400);
        expect(json).not.toHaveProperty("access_token");
      }),
      { numRuns: 60 },
    );
  });
});
