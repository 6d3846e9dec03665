// An attacker who can write to the store, but does not know the keys.
import { createLogger } from "@taiga-mcp/service";
import { createSqliteKv, type Kv } from "@taiga-mcp/store";
import { systemClock } from "@taiga-mcp/service";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  authorize,
  connect,
  createPkce,
  exchangeCode,
  introspect,
  type Pkce,
  postJson,
  REDIRECT_URI,
  refresh,
  request,
  toAuthorizeParams,
  type Tokens,
} from "../../support/client.ts";
import { startSystem, type System } from "../../support/system.ts";

const TTL = { ttlSeconds: 600 };

let log: string;
let store: Kv;
let system: System;
let mine: Login;
let other: Login;

/** A login and all that it left in the store. */
interface Login {
  clientId: string;
  tokens: Tokens;
  code: string;
  pkce: Pkce;
  registration: { url: string; token: string };
}

async function logIn(): Promise<Login> {
  const { json } = await postJson(`${system.issuer}/register`, { redirect_uris: [REDIRECT_URI] });
  const clientId = String(json["client_id"]);
  const registration = {
    url: String(json["registration_client_uri"]),
    token: String(json["registration_access_token"]),
  };
  const { tokens } = await connect(system, { clientId });
  const pkce = createPkce();
  const code = (await authorize(system, toAuthorizeParams(clientId, pkce))).get("code") ?? "";
  return { clientId, tokens, code, pkce, registration };
}

beforeEach(async () => {
  log = "";
  store = createSqliteKv({ file: ":memory:", clock: systemClock });
  system = await startSystem({
    kv: store,
    logger: createLogger({
      name: "test",
      level: "info",
      destination: { write: (line) => void (log += line) },
    }),
  });
  other = await logIn();
  mine = await logIn();
});
afterEach(() => system.close());

/** The key of a login's record of a kind. */
const RECORDS: Record<string, (login: Login) => Promise<string>> = {
  at: async ({ tokens }) => system.keys.accessToken(tokens.access_token),
  rt: async ({ tokens }) => system.keys.refreshToken(tokens.refresh_token),
  code: async ({ code }) => system.keys.authorizationCode(code),
  grant: async ({ tokens }) => {
    const { value = "" } =
      (await system.kv.get(system.keys.accessToken(tokens.access_token))) ?? {};
    return system.keys.grant(String((JSON.parse(value) as { grantId: string }).grantId));
  },
  rat: async ({ registration }) => system.keys.registrationAccessToken(registration.token),
};

/** Whether the record still gives what it is for. */
const WORKS: Record<string, (login: Login) => Promise<boolean>> = {
  at: async ({ tokens }) =>
    (await introspect(system.issuer, tokens.access_token)).json["active"] === true,
  rt: async ({ clientId, tokens }) =>
    (await refresh(system, clientId, tokens.refresh_token)).status === 200,
  code: async ({ clientId, code, pkce }) =>
    (await exchangeCode(system, clientId, code, pkce)).status === 200,
  grant: async ({ tokens }) =>
    (await introspect(system.issuer, tokens.access_token)).json["active"] === true,
  rat: async ({ registration: { url, token } }) =>
    (await request(url, { headers: { authorization: `Bearer ${token}` } })).status === 200,
};

const read = async (key: string): Promise<string> => (await store.get(key))?.value ?? "";

const FORGERIES: Record<string, (key: string, from: string) => Promise<string>> = {
  "is changed": async (key) =>
    (await read(key)).replace(/"(iat|exp)":(\d+)/, (_all, name, time) => `"${name}":${+time + 1}`),
  "is made up without a MAC": async (key) => (await read(key)).replace(/^mac1\.[^{]*/, ""),
  "is copied from another login": async (_key, from) => read(from),
};

describe.each(Object.keys(FORGERIES))("a record that %s", (forgery) => {
  // @rule STORE-16
  it.each(Object.keys(RECORDS))("gives nothing as %s", async (kind) => {
    const [key, from] = [await RECORDS[kind]!(mine), await RECORDS[kind]!(other)];
    const before = await read(key);
    const forged = await FORGERIES[forgery]!(key, from);
    expect(before).toMatch(/^mac1\./);
    expect(forged).not.toBe(before);
    await store.replace(key, forged);
    expect(await WORKS[kind]!(mine)).toBe(false);
    expect(log).toContain("store record refused: not written by this service");
    expect(await WORKS[kind]!(other)).toBe(true);
    const { text } = await request(`${system.privateUrl}/metrics`);
    expect(text).toMatch(/^taiga_mcp_store_records_refused_total\{.*\} [1-9]/m);
  });
});

// @rule STORE-16
it("a login for another user cannot be made from an own one", async () => {
  const key = await RECORDS["grant"]!(mine);
  await store.replace(key, (await read(key)).replaceAll("alice", "mallory"));
  const { json } = await introspect(system.issuer, mine.tokens.access_token);
  expect(json).toEqual({ active: false });
});

// @rule STORE-16
it("a new token for an existing grant cannot be made up", async () => {
  const grantKey = await RECORDS["at"]!(mine);
  const key = system.keys.accessToken("a-token-that-the-attacker-chose-by-himself");
  const [record, bare] = [await read(grantKey), (await read(grantKey)).replace(/^mac1\.[^{]*/, "")];
  for (const text of [record, bare]) {
    await store.set(key, text, TTL);
    const { json } = await introspect(system.issuer, "a-token-that-the-attacker-chose-by-himself");
    expect(json).toEqual({ active: false });
  }
});
