import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { connect, introspect, postForm, refresh, request } from "../support/client.ts";
import { createTestKv, type TestKv } from "../support/stores.ts";
import { startSystem, type System, toMasterKeySetting } from "../support/system.ts";

const OUTAGE = { error: "temporarily_unavailable" };
const METADATA = "/.well-known/oauth-authorization-server";

describe("an authorization server that could not read its keys yet", () => {
  let kv: TestKv;
  let system: System;
  beforeEach(async () => {
    kv = createTestKv();
    kv.isDown = true;
    system = await startSystem({ kv });
  });
  afterEach(() => system.close());

  it.each(["/token", "/introspect", "/revoke"])(
    "answers POST %s with 503 as JSON",
    async (path) => {
      const answer = await postForm(`${system.url}${path}`, { token: "t" });
      expect(answer).toMatchObject({ status: 503, json: OUTAGE });
      expect(answer.headers.get("retry-after")).toBe("5");
    },
  );

  it.each(["/jwks", "/register/x", "/nothing"])("answers GET %s with 503 as JSON", async (path) => {
    expect(await request(`${system.url}${path}`)).toMatchObject({ status: 503, json: OUTAGE });
  });

  it.each(["/authorize", "/interaction/x", "/"])(
    "shows a page at %s in a browser",
    async (path) => {
      const answer = await request(`${system.url}${path}`, { headers: { accept: "text/html" } });
      expect(answer.status).toBe(503);
      expect(answer.headers.get("content-type")).toContain("text/html");
      expect(answer.text).toContain("Not available right now");
    },
  );

  it("answers 503 on the private listener, readiness included, and its health with 200", async () => {
    expect(await introspect(system.privateUrl, "t")).toMatchObject({ status: 503, json: OUTAGE });
    expect((await request(`${system.privateUrl}/readyz`)).status).toBe(503);
    for (const url of [system.url, system.privateUrl]) {
      expect((await request(`${url}/healthz`)).status).toBe(200);
    }
  });

  it("still serves metadata, without which clients guess addresses", async () => {
    expect((await request(`${system.url}${METADATA}`)).status).toBe(200);
  });

  // @rule STORE-11
  it("works from the first request after the store is back", async () => {
    kv.isDown = false;
    const { clientId, tokens } = await connect(system);
    expect((await refresh(system, clientId, tokens.refresh_token)).status).toBe(200);
  });
});

// @rule KEYS-4
it("a wrong MASTER_KEY that is detected only when the store comes up makes the service unavailable", async () => {
  const kv = createTestKv();
  const right = await startSystem({ kv });
  const { clientId, tokens } = await connect(right);
  kv.isDown = true;
  const wrong = await startSystem({ kv, settings: { MASTER_KEY: toMasterKeySetting(9) } });
  kv.isDown = false;
  try {
    // Not invalid_client or invalid_grant, on which a client would discard its login.
    const answer = await refresh({ issuer: wrong.url }, clientId, tokens.refresh_token);
    expect(answer).toMatchObject({ status: 503, json: OUTAGE });
    expect((await introspect(wrong.privateUrl, tokens.access_token)).status).toBe(503);
  } finally {
    await wrong.close();
    await right.close();
  }
});
