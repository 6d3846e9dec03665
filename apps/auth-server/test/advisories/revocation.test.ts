// Advisories of other authorization servers about revocation, tested against this one.
import { systemClock } from "@taiga-mcp/service";
import { createLocalBroadcast, createSqliteKv } from "@taiga-mcp/store";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { hash } from "../../src/storage/key-names.ts";
import {
  introspect,
  postJson,
  refresh,
  REDIRECT_URI,
  request,
  revoke,
  type Tokens,
} from "../support/client.ts";
import { createTestKv, type TestKv } from "../support/stores.ts";
import type { System } from "../support/system.ts";
import { advance, stopClock } from "../support/time.ts";
import { begin, borrowTaigaToken, LOGIN_WAYS, type LoginWay } from "./person.ts";
import { createTwoUserTaiga, subjectOf } from "./two-user-taiga.ts";
import type { FakeTaiga } from "../support/fake-taiga.ts";
import { startWhole } from "../support/whole.ts";

let kv: TestKv;
let taiga: FakeTaiga;
/** The revocations announced to the resource servers. */
let ended: string[];
let system: System;
let other: System;
beforeEach(async () => {
  stopClock();
  kv = createTestKv(createSqliteKv({ file: ":memory:", clock: systemClock }));
  taiga = createTwoUserTaiga();
  ended = [];
  const broadcast = createLocalBroadcast();
  broadcast.subscribe({ restored: () => {}, lost: () => {}, message: (gid) => ended.push(gid) });
  system = await startWhole({ kv, taiga, broadcast });
  other = await startWhole({ kv, taiga, broadcast, settings: { ISSUER: system.issuer } });
});
afterEach(async () => {
  vi.useRealTimers();
  await system.close();
  await other.close();
});

interface Login {
  clientId: string;
  tokens: Tokens;
  /** The client as the registration returned it. */
  registration: Record<string, unknown>;
  /** Presents the code of these tokens a second time. */
  replayCode(): Promise<unknown>;
}

async function connect(way: LoginWay = "password"): Promise<Login> {
  const { json } = await postJson(`${system.issuer}/register`, { redirect_uris: [REDIRECT_URI] });
  const clientId = String(json["client_id"]);
  const person = await begin(system, { clientId });
  await person.logIn(way);
  const consented = await person.consent();
  const tokens = (await person.redeem(consented)).json as unknown as Tokens;
  return { clientId, tokens, registration: json, replayCode: () => person.redeem(consented) };
}

/** The introspection results of both listeners of both replicas. */
async function activeEverywhere({ tokens }: Login): Promise<unknown[]> {
  const urls = [system, other].flatMap(({ url, privateUrl }) => [url, privateUrl]);
  const answers = await Promise.all(urls.map((url) => introspect(url, tokens.access_token)));
  return [...new Set(answers.map(({ json }) => json["active"]))];
}

/** Every event that ends a login. */
const ENDS: readonly [string, (login: Login) => Promise<unknown>][] = [
  [
    "its access token is revoked",
    ({ clientId, tokens }) => revoke(system, clientId, tokens.access_token),
  ],
  [
    "its refresh token is revoked",
    ({ clientId, tokens }) => revoke(system, clientId, tokens.refresh_token),
  ],
  [
    "its code is used again",
    (login) => {
      advance(11);
      return login.replayCode();
    },
  ],
  [
    "a rotated token is used again",
    async ({ clientId, tokens }) => {
      await refresh(system, clientId, tokens.refresh_token);
      advance(31);
      await refresh(system, clientId, tokens.refresh_token);
    },
  ],
  [
    "its client unregisters",
    ({ registration }) =>
      request(String(registration["registration_client_uri"]), {
        method: "DELETE",
        headers: { authorization: `Bearer ${String(registration["registration_access_token"])}` },
      }),
  ],
  [
    "Taiga has ended the login behind it",
    async ({ tokens }) => {
      const { json } = await borrowTaigaToken(system, tokens.access_token);
      const refused = { rejected_token_sha256: hash(String(json["access_token"])) };
      taiga.next.push((carryOut) => carryOut());
      await borrowTaigaToken(system, tokens.access_token, refused);
    },
  ],
];

describe("introspection reports at once that a token has ended", () => {
  // @rule CVE-2026-8922
  it.each(ENDS)(
    "Keycloak CVE-2026-8922: when %s, on every replica, and resource servers are notified",
    async (_what, end) => {
      const login = await connect();
      const { gid } = (await introspect(system.issuer, login.tokens.access_token)).json;
      expect(await activeEverywhere(login)).toEqual([true]);
      await end(login);
      expect(await activeEverywhere(login)).toEqual([false]);
      expect(ended).toEqual([gid]);
    },
  );

  // Keycloak checked only one of the two records, and that one was still valid.
  // @rule CVE-2026-8922
  it.each(["at", "grant"])(
    "Keycloak CVE-2026-8922: when one of a token's records has ended (%s), although the others are valid",
    async (kind) => {
      const login = await connect();
      const [key = ""] = await kv.members(system.keys.accountGrants(subjectOf("bob")));
      const token = system.keys.accessToken(login.tokens.access_token);
      await kv.delete(kind === "at" ? token : key.replace(/^grant/, kind));
      expect(await activeEverywhere(login)).toEqual([false]);
    },
  );
});

describe("withdrawing a consent ends all that it allowed", () => {
  // @rule ADV-uploads-891
  it.each(LOGIN_WAYS)(
    "uploads #891: grant, tokens and Taiga credential (%s), and those of no other user",
    async (way) => {
      const gone = await connect(way);
      const [key = ""] = await kv.members(system.keys.accountGrants(subjectOf("bob")));
      const index = system.keys.grantIndexOf(key);
      const next = (await refresh(system, gone.clientId, gone.tokens.refresh_token)).json;
      const stays = await connect(way);
      const kinds = async () =>
        new Set((await kv.members(index)).map((name) => name.split(":")[0]));
      // The use of the grant is noted in the background of the requests.
      await expect.poll(kinds).toEqual(new Set(["grant", "code", "at", "rt", "use", "vault"]));
      const records = await kv.members(index);
      await revoke(system, gone.clientId, String(next["refresh_token"]));
      expect(await Promise.all(records.map((name) => kv.get(name)))).toEqual(
        records.map(() => undefined),
      );
      for (const token of [gone.tokens.access_token, String(next["access_token"])]) {
        expect((await introspect(other.privateUrl, token)).json).toEqual({ active: false });
        expect((await borrowTaigaToken(other, token)).json["error"]).toBe("invalid_grant");
      }
      for (const token of [gone.tokens.refresh_token, String(next["refresh_token"])]) {
        expect((await refresh(other, gone.clientId, token)).json["error"]).toBe("invalid_grant");
      }
      expect(await activeEverywhere(stays)).toEqual([true]);
      expect((await borrowTaigaToken(other, stays.tokens.access_token)).status).toBe(200);
    },
  );
});

describe("a revocation that the store did not carry out is not reported as done", () => {
  // @rule CVE-2020-15223
  it.each([
    ["looking for the client", "get", "client:"],
    ["looking for an access token", "get", "at:"],
    ["looking for a refresh token", "get", "rt:"],
    ["deleting what the grant consists of", "deleteMembers", "g2t:"],
  ])(
    "fosite CVE-2020-15223: it is 503 when %s fails, and can be tried again",
    async (_what, method, kind) => {
      const login = await connect();
      const { clientId, tokens } = login;
      const token = kind === "at:" ? tokens.access_token : tokens.refresh_token;
      kv.failsOn = (called, key) => called === method && key.startsWith(kind);
      const answer = await revoke(system, clientId, token);
      kv.failsOn = undefined;
      const [isActive] = await activeEverywhere(login);
      // Never what fosite did: report success while the token is still valid.
      expect([answer.status, isActive]).toEqual([503, true]);
      expect([answer.json["error"], answer.headers.get("retry-after")]).toEqual([
        "temporarily_unavailable",
        "5",
      ]);
      expect((await revoke(system, clientId, token)).status).toBe(200);
      expect(await activeEverywhere(login)).toEqual([false]);
    },
  );
});
