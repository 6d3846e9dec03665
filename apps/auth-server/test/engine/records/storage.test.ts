import { systemClock } from "@taiga-mcp/service";
import { createSqliteKv } from "@taiga-mcp/store";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Adapter, type AdapterPayload, errors } from "oidc-provider";
import { createSealer } from "../../../src/secrets/seal.ts";
import { createAdapterFactory } from "../../../src/engine/records/adapter.ts";
import { createKeyNames, hash } from "../../../src/storage/key-names.ts";
import {
  authorize,
  connect,
  createBrowser,
  createPkce,
  introspect,
  postJson,
  refresh,
  REDIRECT_URI,
  request,
  revoke,
  toAuthorizeParams,
} from "../../support/client.ts";
import { createTestKv } from "../../support/stores.ts";
import { startSystem, type System, TAIGA_API_URL } from "../../support/system.ts";
import { createRootKeys } from "../../support/root-keys.ts";

const clock = systemClock;

describe("the content of the store", () => {
  let system: System;
  afterEach(() => system.close());

  // @rule STORE-1
  it("contains no token, code, cookie or secret, so that a copy of it gives no access", async () => {
    const kv = createTestKv();
    system = await startSystem({ kv });
    const client = await postJson(`${system.issuer}/register`, {
      redirect_uris: [REDIRECT_URI],
      token_endpoint_auth_method: "client_secret_basic",
      client_name: "A confidential client",
    });
    const browser = createBrowser(system.issuer);
    const { clientId, tokens } = await connect(system, { browser });
    await refresh(system, clientId, tokens.refresh_token);
    // Another grant with an unredeemed code, and a login that stays incomplete.
    const params = toAuthorizeParams(clientId, createPkce());
    const code = (await authorize(system, params, browser)).get("code");
    await browser.open(`${system.issuer}/authorize?${params.toString()}`);
    const { cookies: jar } = await browser.jar.serialize();
    // Cleared cookies have no value.
    const cookies = jar.flatMap(({ value }) => (typeof value === "string" ? [value] : []));
    expect(cookies.length).toBeGreaterThan(1);
    const everything = [...kv.written].flat().join("\n");
    const secrets = [
      code,
      ...cookies,
      tokens.access_token,
      tokens.refresh_token,
      client.json["client_secret"],
      client.json["registration_access_token"],
    ];
    for (const secret of secrets) {
      expect(secret).toMatch(/^[\w.-]{16,}$/);
      expect(everything).not.toContain(secret);
    }
    expect(everything).not.toContain("A confidential client");
    expect(everything).toContain(
      `at:${hash(TAIGA_API_URL).slice(0, 10)}:${hash(tokens.access_token)}`,
    );
  });

  // @rule STORE-2
  it("seals clients, sessions, interactions and stored answers, and gives token records a MAC", async () => {
    const kv = createTestKv();
    system = await startSystem({ kv });
    const { clientId, tokens } = await connect(system);
    await refresh(system, clientId, tokens.refresh_token);
    // In the background of the requests.
    await expect
      .poll(() => [...kv.written.keys()].some((key) => key.startsWith("use:")))
      .toBe(true);
    const kinds = new Map<string, "sealed" | "MAC" | "plain">();
    for (const [key, value] of kv.written) {
      const kind = key.endsWith(":a") ? "answer" : (key.split(":")[0] ?? "");
      if (!["rl", "ring", "slock"].includes(kind)) kinds.set(kind, toProtection(value));
    }
    expect(Object.fromEntries(kinds)).toEqual({
      client: "sealed",
      sess: "sealed",
      ix: "sealed",
      answer: "sealed",
      sent: "sealed",
      uid: "MAC",
      rat: "MAC",
      at: "MAC",
      rt: "MAC",
      code: "MAC",
      grant: "MAC",
      use: "sealed",
    });
  });

  // @rule RFC7009-2.1-2
  it("loses every record of a revoked grant: tokens and Taiga credential", async () => {
    const kv = createSqliteKv({ file: ":memory:", clock });
    system = await startSystem({ kv });
    const { clientId, tokens } = await connect(system);
    const [grant] = await kv.members(system.keys.accountGrants("alice"));
    const index = system.keys.grantIndexOf(grant ?? "");
    const vaultRecord = (grant ?? "").replace(/^grant/, "vault");
    await kv.set(vaultRecord, "sealed", { ttlSeconds: 60, indexes: [index] });
    const next = await refresh(system, clientId, tokens.refresh_token);
    // The use of the grant is noted in the background of the requests.
    await expect.poll(() => kv.members(index)).toHaveLength(8);
    const members = await kv.members(index);
    expect(members.map((key) => key.split(":")[0] ?? "").toSorted()).toEqual([
      "at",
      "at",
      "code",
      "grant",
      "rt",
      "rt",
      "use",
      "vault",
    ]);
    await revoke(system, clientId, String(next.json["refresh_token"]));
    expect(await kv.members(index)).toEqual([]);
    expect(await Promise.all(members.map((key) => kv.get(key)))).toEqual(
      members.map(() => undefined),
    );
  });

  // @rule RFC7592-2.3-1
  it("loses all records of a client that deletes itself, so that its tokens end", async () => {
    system = await startSystem();
    const registration = await postJson(`${system.issuer}/register`, {
      redirect_uris: [REDIRECT_URI],
    });
    const clientId = String(registration.json["client_id"]);
    const { tokens } = await connect(system, { clientId });
    expect((await introspect(system.issuer, tokens.access_token)).json["active"]).toBe(true);
    const deleted = await request(String(registration.json["registration_client_uri"]), {
      method: "DELETE",
      headers: {
        authorization: `Bearer ${String(registration.json["registration_access_token"])}`,
      },
    });
    expect(deleted.status).toBe(204);
    const after = await introspect(system.issuer, tokens.access_token);
    expect(after.status).toBe(200);
    expect(after.json).toEqual({ active: false });
  });

  // @rule RFC7662-2.2-1
  it("still answers for a token whose client registration has expired, instead of failing", async () => {
    system = await startSystem();
    const { clientId, tokens } = await connect(system);
    await system.kv.deleteMembers(system.keys.clientIndex(clientId));
    const answer = await introspect(system.issuer, tokens.access_token);
    expect(answer.status).toBe(200);
    expect(answer.json["active"]).toBe(true);
  });

  // @rule STORE-6
  it("belongs to one Taiga: configured for another one, the service finds no grant", async () => {
    const kv = createSqliteKv({ file: ":memory:", clock });
    const here = createKeyNames("https://taiga.example/api/v1");
    const there = createKeyNames("https://other.example/api/v1");
    for (const name of ["accessToken", "grant", "vault", "session"] as const) {
      expect(here[name]("x")).not.toBe(there[name]("x"));
    }
    expect(here.client("x")).toBe(there.client("x"));
    system = await startSystem({ kv });
  });
});

describe("the adapter", () => {
  const kv = createSqliteKv({ file: ":memory:", clock });
  const toAdapter = createAdapterFactory({
    kv,
    keys: createKeyNames(TAIGA_API_URL),
    sealer: createSealer(createRootKeys(1), "engine"),
    clock,
    endGrant: async () => {},
    codes: {} as Pick<Adapter, "find" | "consume">,
    refreshTokens: {} as Pick<Adapter, "find" | "consume" | "upsert">,
    deferredDeletes: { delete: (work) => work() },
    currentRoute: () => route,
    currentRequest: () => undefined,
    pendingLogins: { indexOf: () => "pending", added: async () => {} },
    unusedClients: { indexOf: () => "unused", added: async () => {} },
  });
  let route: string | undefined;
  beforeEach(() => {
    route = "a route of the engine";
  });

  // @rule RFC7523-3-2 GHSA-3p3g-vpw6-4w66
  it("lets exactly one of four concurrent client assertions with one jti through", async () => {
    const replays = toAdapter("ReplayDetection");
    const results = await Promise.allSettled(
      Array.from({ length: 4 }, () => replays.upsert("same-jti", { iss: "client" }, 60)),
    );
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    const [loser] = results.filter((result) => result.status === "rejected");
    expect(loser?.reason).toBeInstanceOf(errors.InvalidClientAuth);
  });

  // @rule STORE-5
  it("finds a session by its uid without its jti, so that the engine cannot save it", async () => {
    const sessions = toAdapter("Session");
    await sessions.upsert("the-id", { uid: "the-uid", accountId: "alice", jti: "the-id" }, 60);
    expect(await sessions.findByUid("the-uid")).toEqual({ uid: "the-uid", accountId: "alice" });
    expect(await sessions.find("the-id")).toMatchObject({ jti: "the-id" });
  });

  // @rule GRANT-12
  it("does not shorten a client's lifetime when its registration is written again", async () => {
    const clients = toAdapter("Client");
    const key = createKeyNames(TAIGA_API_URL).client("a-client");
    await clients.upsert("a-client", { client_name: "before" } as AdapterPayload);
    await kv.touch(key, { ttlSeconds: 180 * 86_400 });
    const end = (await kv.get(key))?.expiresAt;
    route = "client_update";
    await clients.upsert("a-client", { client_name: "after" } as AdapterPayload);
    expect((await kv.get(key))?.expiresAt).toBe(end);
    expect(await clients.find("a-client")).toEqual({ client_name: "after" });
  });

  it("does not bring back a client that was deleted while its update was under way", async () => {
    const clients = toAdapter("Client");
    await clients.upsert("racing", { client_name: "before" } as AdapterPayload);
    await clients.destroy("racing");
    route = "client_update";
    const update = clients.upsert("racing", { client_name: "after" } as AdapterPayload);
    await expect(update).rejects.toThrow(errors.InvalidToken);
    expect(await clients.find("racing")).toBeUndefined();
  });

  it("does not bring back an interaction that was resumed while a page answered it", async () => {
    const interactions = toAdapter("Interaction");
    await interactions.upsert("ix", { returnTo: "/a" } as AdapterPayload, 60);
    route = undefined;
    await interactions.upsert("ix", { returnTo: "/b" } as AdapterPayload, 60);
    expect(await interactions.find("ix")).toMatchObject({ returnTo: "/b" });
    await interactions.destroy("ix");
    const answer = interactions.upsert("ix", { returnTo: "/c" } as AdapterPayload, 60);
    await expect(answer).rejects.toThrow(errors.SessionNotFound);
    expect(await interactions.find("ix")).toBeUndefined();
  });
});

function toProtection(value: string): "sealed" | "MAC" | "plain" {
  if (value.startsWith("mac1.")) return "MAC";
  return value.startsWith("ey") ? "sealed" : "plain";
}
