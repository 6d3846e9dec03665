import { systemClock } from "@taiga-mcp/service";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  authorize,
  createPkce,
  exchangeCode,
  introspect,
  register,
  toAuthorizeParams,
  toTokens,
} from "../support/client.ts";
import { createTestKv, type TestKv } from "../support/stores.ts";
import { startSystem, type System } from "../support/system.ts";
import { advance, stopClock } from "../support/time.ts";

const DAY = 86_400;
let kv: TestKv;
let system: System;
beforeEach(async () => {
  stopClock();
  kv = createTestKv();
  system = await startSystem({ kv });
});
afterEach(async () => {
  vi.useRealTimers();
  await system.close();
});

describe("a consented grant", () => {
  /** The remaining lifetime of each of a grant's records, by kind. */
  async function obtainCode() {
    const clientId = await register(system);
    const pkce = createPkce();
    const code = (await authorize(system, toAuthorizeParams(clientId, pkce))).get("code") ?? "";
    const [grant = ""] = await kv.members(system.keys.accountGrants("alice"));
    const records = [grant, grant.replace(/^grant/, "vault")];
    const indexes = [system.keys.grantIndexOf(grant)];
    await kv.set(records[1] ?? "", "sealed", { ttlSeconds: 660, indexes });
    const livesFor = () =>
      Promise.all(
        records.map(async (key) => ((await kv.get(key))?.expiresAt ?? 0) - systemClock()),
      );
    return { livesFor, exchange: () => exchangeCode(system, clientId, code, pkce) };
  }

  // @rule MCP-SECURITY-12
  it("whose code is never exchanged is forgotten ten minutes after the code expires", async () => {
    const { livesFor } = await obtainCode();
    expect(await livesFor()).toEqual([660, 660]);
    advance(660);
    expect(await kv.members(system.keys.accountGrants("alice"))).toEqual([]);
  });

  // @rule MCP-SECURITY-12
  it("lasts its full lifetime from the exchange of its code", async () => {
    const { livesFor, exchange } = await obtainCode();
    advance(30);
    const tokens = toTokens(await exchange());
    expect(await livesFor()).toEqual([30 * DAY, 30 * DAY]);
    advance(1_700);
    expect((await introspect(system.issuer, tokens.access_token)).json["active"]).toBe(true);
  });

  it("keeps its code when its lifetime cannot be extended, so that the client can try again", async () => {
    const { livesFor, exchange } = await obtainCode();
    kv.failsOn = (method) => method === "touch";
    const failed = await exchange();
    expect([failed.status, failed.json["error"]]).toEqual([503, "temporarily_unavailable"]);
    kv.failsOn = undefined;
    expect((await exchange()).status).toBe(200);
    expect(await livesFor()).toEqual([30 * DAY, 30 * DAY]);
  });
});
