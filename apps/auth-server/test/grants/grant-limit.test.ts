import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  authorize,
  connect,
  createPkce,
  exchangeCode,
  introspect,
  refresh,
  register,
  toAuthorizeParams,
  type Tokens,
} from "../support/client.ts";
import { createFakeBroadcast, type FakeBroadcast } from "../support/fake-broadcast.ts";
import { createTestKv, type TestKv } from "../support/stores.ts";
import { startSystem, type System } from "../support/system.ts";
import { advance, stopClock } from "../support/time.ts";

let system: System;
let broadcast: FakeBroadcast;
let kv: TestKv;

beforeEach(async () => {
  stopClock();
  broadcast = createFakeBroadcast();
  kv = createTestKv();
  system = await startSystem({ kv, broadcast, settings: { MAX_GRANTS_PER_USER: "3" } });
});
afterEach(async () => {
  await system.close();
  vi.useRealTimers();
});

const isActive = async ({ access_token }: Tokens): Promise<boolean> =>
  (await introspect(system.issuer, access_token)).json["active"] === true;

async function connectSome(count: number): Promise<{ clientId: string; tokens: Tokens }[]> {
  const clients = [];
  for (let number = 0; number < count; number += 1) {
    clients.push(await connect(system));
    advance(10);
  }
  return clients;
}

describe("a user at the grant limit", () => {
  // @rule MCP-AUTH-1
  it("may connect another client, which ends the least recently used grant and announces it", async () => {
    const [first, second, third] = await connectSome(3);
    // The first grant is older but was used since, so the second is evicted.
    const used = await refresh(system, first!.clientId, first!.tokens.refresh_token);
    const gid = (await introspect(system.issuer, second!.tokens.access_token)).json["gid"];

    const { tokens: newest } = await connect(system);
    expect(await isActive(second!.tokens)).toBe(false);
    expect(broadcast.published).toEqual([gid]);
    for (const tokens of [used.json as unknown as Tokens, third!.tokens, newest]) {
      expect(await isActive(tokens)).toBe(true);
    }
    const refused = await refresh(system, second!.clientId, second!.tokens.refresh_token);
    expect(refused.json["error"]).toBe("invalid_grant");
  });

  // @rule MCP-AUTH-1
  it("does not affect another user's grants", async () => {
    const [first] = await connectSome(3);
    system.user.accountId = "bob";
    await connectSome(3);
    expect(await isActive(first!.tokens)).toBe(true);
  });

  // @rule MCP-AUTH-1
  it("loses no grant to a consent whose code is never exchanged", async () => {
    const clients = await connectSome(3);
    const clientId = await register(system);
    await authorize(system, toAuthorizeParams(clientId, createPkce()));
    for (const { tokens } of clients) expect(await isActive(tokens)).toBe(true);
  });

  it("does not lose a grant that is being created to a concurrent one", async () => {
    await connectSome(2);
    const clientId = await register(system);
    const pkce = createPkce();
    const waiting = await authorize(system, toAuthorizeParams(clientId, pkce));
    await connectSome(2);
    const answer = await exchangeCode(system, clientId, waiting.get("code") ?? "", pkce);
    expect(answer.status).toBe(200);
  });

  it("may exchange the code again when the store failed during the eviction", async () => {
    await connectSome(3);
    const clientId = await register(system);
    const pkce = createPkce();
    const code = (await authorize(system, toAuthorizeParams(clientId, pkce))).get("code") ?? "";
    kv.failsOn = (method) => method === "members";
    expect((await exchangeCode(system, clientId, code, pkce)).status).toBe(503);
    kv.failsOn = undefined;
    expect((await exchangeCode(system, clientId, code, pkce)).status).toBe(200);
    expect(broadcast.published).toHaveLength(1);
  });

  it("has no leftover records of evicted grants", async () => {
    await connectSome(5);
    expect(await kv.members(system.keys.accountGrants("alice"))).toHaveLength(3);
  });
});
