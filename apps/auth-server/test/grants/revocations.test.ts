import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { hash } from "../../src/storage/key-names.ts";
import {
  authorize,
  connect,
  createPkce,
  exchangeCode,
  introspect,
  postJson,
  refresh,
  REDIRECT_URI,
  register,
  request,
  revoke,
  toAuthorizeParams,
} from "../support/client.ts";
import { createFakeBroadcast, type FakeBroadcast } from "../support/fake-broadcast.ts";
import { createTestKv, type TestKv } from "../support/stores.ts";
import { startSystem, type System } from "../support/system.ts";

let kv: TestKv;
let broadcast: FakeBroadcast;
let system: System;
beforeEach(async () => {
  kv = createTestKv();
  broadcast = createFakeBroadcast();
  system = await startSystem({ kv, broadcast, settings: { REFRESH_GRACE_SECONDS: "0" } });
});
afterEach(() => system.close());

const gidOf = async (token: string): Promise<unknown> =>
  (await introspect(system.privateUrl, token)).json["gid"];

describe("the resource servers are notified that a grant has ended", () => {
  it.each(["access_token", "refresh_token"] as const)("because its %s is revoked", async (kind) => {
    const { clientId, tokens } = await connect(system);
    const gid = await gidOf(tokens.access_token);
    await revoke(system, clientId, tokens[kind]);
    expect(broadcast.published).toEqual([gid]);
  });

  it("because a refresh token was used twice", async () => {
    const { clientId, tokens } = await connect(system);
    const gid = await gidOf(tokens.access_token);
    await refresh(system, clientId, tokens.refresh_token);
    expect(broadcast.published).toEqual([]);
    await refresh(system, clientId, tokens.refresh_token);
    expect(broadcast.published).toEqual([gid]);
  });

  // @rule RFC6749-4.1.2-2
  it("because an authorization code was used again with another verifier", async () => {
    const clientId = await register(system);
    const pkce = createPkce();
    const code = (await authorize(system, toAuthorizeParams(clientId, pkce))).get("code") ?? "";
    const { json } = await exchangeCode(system, clientId, code, pkce);
    const gid = await gidOf(String(json["access_token"]));
    await exchangeCode(system, clientId, code, pkce, { code_verifier: createPkce().verifier });
    expect(broadcast.published).toEqual([gid]);
  });

  // @rule RFC7592-2.3-1
  it("because its client deleted itself, once for each of its grants", async () => {
    const { json: client } = await postJson(`${system.issuer}/register`, {
      redirect_uris: [REDIRECT_URI],
    });
    const clientId = String(client["client_id"]);
    const gids: string[] = [];
    for (const accountId of ["alice", "bob"]) {
      system.user.accountId = accountId;
      const { tokens } = await connect(system, { clientId });
      gids.push(String(await gidOf(tokens.access_token)));
    }
    await request(String(client["registration_client_uri"]), {
      method: "DELETE",
      headers: { authorization: `Bearer ${String(client["registration_access_token"])}` },
    });
    expect(broadcast.published.toSorted()).toEqual(gids.toSorted());
  });

  // @rule GRANT-7
  it("only after it has ended, so that a new introspection sees the end", async () => {
    const { clientId, tokens } = await connect(system);
    let answer: unknown;
    broadcast.subscribe({
      message: () => {
        answer = kv.members(system.keys.accountGrants("alice"));
      },
      lost: () => {},
      restored: () => {},
    });
    await revoke(system, clientId, tokens.access_token);
    expect(await answer).toEqual([]);
  });

  // @rule GRANT-7
  it("but never with its id, which is the vault's key", async () => {
    const { clientId, tokens } = await connect(system);
    await revoke(system, clientId, tokens.access_token);
    expect(broadcast.published[0]).toMatch(/^[\w-]{43}$/);
    expect(broadcast.published[0]).not.toBe(hash(tokens.access_token));
  });
});

describe("a revocation that fails half-way", () => {
  // @rule RFC7009-2.1-2
  it.each(["access_token", "refresh_token"] as const)(
    "can be tried again with the same %s, and then ends the whole grant",
    async (kind) => {
      const { clientId, tokens } = await connect(system);
      kv.failsOn = (method) => method === "deleteMembers";
      expect((await revoke(system, clientId, tokens[kind])).status).toBe(503);
      expect(broadcast.published).toEqual([]);
      kv.failsOn = undefined;
      expect((await revoke(system, clientId, tokens[kind])).status).toBe(200);
      expect((await introspect(system.issuer, tokens.access_token)).json["active"]).toBe(false);
      expect(broadcast.published).toHaveLength(1);
    },
  );

  // @rule GRANT-8
  it("succeeds and is announced later when only the announcement fails", async () => {
    const { clientId, tokens } = await connect(system);
    broadcast.isDown = true;
    expect((await revoke(system, clientId, tokens.access_token)).status).toBe(200);
    expect((await introspect(system.issuer, tokens.access_token)).json["active"]).toBe(false);
    broadcast.isDown = false;
    await expect.poll(() => broadcast.published.length).toBe(2);
  });
});
