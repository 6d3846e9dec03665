// Advisories of other authorization servers about the login at the upstream service, tested against
// this one.
import { systemClock } from "@taiga-mcp/service";
import { createSqliteKv } from "@taiga-mcp/store";
import { TaigaError } from "@taiga-mcp/taiga-client";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { hash } from "../../src/storage/key-names.ts";
import { type Answer, introspect, refresh, type Tokens } from "../support/client.ts";
import { createTestKv, type TestKv } from "../support/stores.ts";
import type { System } from "../support/system.ts";
import { advance, stopClock } from "../support/time.ts";
import { begin, borrowTaigaToken, connectPerson, type LoginWay } from "./person.ts";
import { createTwoUserTaiga } from "./two-user-taiga.ts";
import { type FakeTaiga, isAway } from "../support/fake-taiga.ts";
import { startWhole } from "../support/whole.ts";

const DAY = 86_400;

let kv: TestKv;
let taiga: FakeTaiga;
let replicas: System[];
let system: System;
beforeEach(async () => {
  stopClock();
  kv = createTestKv(createSqliteKv({ file: ":memory:", clock: systemClock }));
  taiga = createTwoUserTaiga();
  system = await startWhole({ kv, taiga });
  replicas = [system, await startWhole({ kv, taiga, settings: { ISSUER: system.issuer } })];
});
afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(replicas.map((replica) => replica.close()));
});

const tokenOf = ({ json }: Answer): string => String(json["access_token"]);

/** As calls of many tools do, alternating between the replicas. */
const borrowEverywhere = (accessTokens: readonly string[]): Promise<Answer[]> =>
  Promise.all(
    accessTokens.map((token, index) => borrowTaigaToken(replicas[index % 2] ?? system, token)),
  );

/** A login in use all day: Taiga's token is about to expire, the MCP access token is fresh. */
async function connectYesterday(): Promise<{ clientId: string; tokens: Tokens }> {
  const { clientId, tokens } = await connectPerson(system);
  advance(DAY - 60);
  const { json } = await refresh(system, clientId, tokens.refresh_token);
  return { clientId, tokens: json as unknown as Tokens };
}

describe("the single-use refresh token of the upstream service is used once", () => {
  // @rule ADV-cloudflare-mcp-136
  it("cloudflare/mcp #136, #216: when many calls on two replicas need it at the same time", async () => {
    const { tokens } = await connectYesterday();
    taiga.next.push(() => new Promise(setImmediate));
    const answers = await borrowEverywhere(Array.from({ length: 12 }, () => tokens.access_token));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map(tokenOf)).size).toBe(1);
    expect(taiga.presented).toEqual(["refresh-1"]);
  });

  // @rule ADV-cloudflare-mcp-136
  it("cloudflare/mcp #136, #216: when two sessions of a client refresh, retry and call with their own tokens", async () => {
    const { clientId, tokens } = await connectYesterday();
    const [first, second, retry] = await Promise.all(
      replicas
        .concat(replicas)
        .slice(0, 3)
        .map(({ url }) => refresh({ issuer: url }, clientId, tokens.refresh_token)),
    );
    // Refreshing the MCP tokens does not call Taiga, so there is no race.
    expect([first?.status, second?.status, retry?.status]).toEqual([200, 200, 200]);
    expect(taiga.presented).toEqual([]);
    const successor = first?.json as unknown as Tokens;
    const answers = await borrowEverywhere([
      tokens.access_token,
      successor.access_token,
      successor.access_token,
      tokens.access_token,
    ]);
    expect(new Set(answers.map(tokenOf)).size).toBe(1);
    expect(taiga.presented).toEqual(["refresh-1"]);
  });

  // @rule ADV-cloudflare-mcp-136
  it("cloudflare/mcp #136, #216: when calls on both replicas are refused with the same old token", async () => {
    const { tokens } = await connectPerson(system);
    const old = tokenOf(await borrowTaigaToken(system, tokens.access_token));
    const refused = { rejected_token_sha256: hash(old) };
    const answers = await Promise.all(
      [0, 1, 0, 1].map((index) =>
        borrowTaigaToken(replicas[index] ?? system, tokens.access_token, refused),
      ),
    );
    expect(new Set(answers.map(tokenOf)).size).toBe(1);
    expect(answers.map(tokenOf)).not.toContain(old);
    expect(taiga.presented).toEqual(["refresh-1"]);
  });

  // @rule ADV-cloudflare-mcp-136
  it("cloudflare/mcp #136, #216: once by each of two independent logins of one user", async () => {
    const logins = [await connectPerson(system), await connectPerson(system)];
    advance(DAY - 60);
    const [one = "", two = ""] = await Promise.all(
      logins.map(async ({ clientId, tokens }) =>
        tokenOf(await refresh(system, clientId, tokens.refresh_token)),
      ),
    );
    const { promise: both, resolve: go } = Promise.withResolvers<void>();
    taiga.next.push(
      () => both,
      () => go(),
    );
    // Both tokens are requested from each replica at the same time.
    const answers = await borrowEverywhere([one, two, two, one]);
    const [first, second, again, anew] = answers.map(tokenOf);
    expect([anew, again]).toEqual([first, second]);
    expect(first).not.toBe(second);
    expect(taiga.presented.toSorted()).toEqual(["refresh-1", "refresh-2"]);
  });
});

describe("transient failures are reported as transient", () => {
  const OUTAGE = { status: 503, error: "temporarily_unavailable", retryAfter: "5" };
  const summary = ({ status, json, headers }: Answer): object => ({
    status,
    error: json["error"],
    retryAfter: headers.get("retry-after"),
  });

  // @rule ADV-workers-retry-storms
  it.each([
    ["is away", isAway],
    [
      "throttles",
      () => {
        throw new TaigaError("throttled", "Request was throttled", { status: 429 });
      },
    ],
    [
      "fails",
      () => {
        throw new TaigaError("server_error", "Internal error", { status: 500 });
      },
    ],
  ])(
    "workers-oauth-provider, retry storms: a Taiga that %s is 503 with Retry-After and ends no login",
    async (_what, failure) => {
      const { clientId, tokens } = await connectYesterday();
      advance(61);
      taiga.next.push(failure, failure);
      expect(summary(await borrowTaigaToken(system, tokens.access_token))).toEqual(OUTAGE);
      expect((await introspect(system.issuer, tokens.access_token)).json["active"]).toBe(true);
      expect((await refresh(system, clientId, tokens.refresh_token)).status).toBe(200);
      taiga.next.length = 0;
      expect((await borrowTaigaToken(system, tokens.access_token)).status).toBe(200);
    },
  );

  // @rule ADV-workers-retry-storms
  it("workers-oauth-provider, retry storms: Taiga is asked once about a login it has ended, however often clients retry", async () => {
    const { clientId, tokens } = await connectYesterday();
    advance(8 * DAY);
    const fresh = await refresh(system, clientId, tokens.refresh_token);
    const tries = Array.from({ length: 6 }, () => tokenOf(fresh));
    for (const answer of await borrowEverywhere(tries)) {
      expect([answer.status, answer.json["error"]]).toEqual([400, "invalid_grant"]);
    }
    const asked = taiga.presented.length;
    for (const answer of await borrowEverywhere(tries)) expect(answer.status).toBe(400);
    const again = await refresh(system, clientId, String(fresh.json["refresh_token"]));
    expect([again.status, again.json["error"]]).toEqual([400, "invalid_grant"]);
    expect(taiga.presented).toHaveLength(asked);
    expect(new Set(taiga.presented)).toEqual(new Set(["refresh-1"]));
  });

  // @rule ADV-workers-retry-storms
  it("workers-oauth-provider, retry storms: a store that is down is 503 with Retry-After for every grant, and nothing is used up", async () => {
    const { clientId, tokens } = await connectPerson(system);
    const person = await begin(system, { clientId });
    await person.logIn();
    const consented = await person.consent();
    const all: (() => Promise<Answer>)[] = [
      () => person.redeem(consented),
      () => refresh(system, clientId, tokens.refresh_token),
      () => borrowTaigaToken(system, tokens.access_token),
    ];
    for (const send of all) {
      kv.isDown = true;
      expect(summary(await send())).toEqual(OUTAGE);
      kv.isDown = false;
      expect((await send()).status).toBe(200);
    }
  });

  // @rule ADV-workers-retry-storms
  it("workers-oauth-provider, retry storms: the login page says when to try again, and unchecked passwords are not counted as failures", async () => {
    const person = await begin(system);
    taiga.isDown = true;
    const ways: LoginWay[] = ["application", ...Array<LoginWay>(7).fill("password")];
    for (const way of ways) {
      const { page } = await person.logIn(way);
      expect(page.text).toMatch(/Try again in (?:a moment|10 seconds)\./);
      expect(page.text).not.toContain("is wrong");
    }
  });
});
