// Advisories of other authorization servers about refresh tokens, tested against this one.
import { systemClock } from "@taiga-mcp/service";
import { createSqliteKv } from "@taiga-mcp/store";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  type Answer,
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
import { registerKeyClient } from "../support/key-client.ts";
import { createTestKv, type TestKv } from "../support/stores.ts";
import { startSystem, type System } from "../support/system.ts";
import { advance, stopClock } from "../support/time.ts";

const toTokens = (answer: Answer | undefined): Tokens => answer?.json as unknown as Tokens;

beforeEach(() => stopClock());
afterEach(() => {
  vi.useRealTimers();
});

describe("on two replicas", () => {
  let kv: TestKv;
  let replicas: System[];

  async function start(refreshGraceSeconds: number): Promise<void> {
    kv = createTestKv(createSqliteKv({ file: ":memory:", clock: systemClock }));
    const first = await startSystem({
      kv,
      settings: { REFRESH_GRACE_SECONDS: `${refreshGraceSeconds}` },
    });
    const { issuer } = first;
    replicas = [
      first,
      await startSystem({
        kv,
        settings: { ISSUER: issuer, REFRESH_GRACE_SECONDS: `${refreshGraceSeconds}` },
      }),
    ];
  }
  afterEach(() => Promise.all(replicas.map((replica) => replica.close())));

  /** Sends each request to a different replica than the previous one. */
  const refreshEverywhere = (clientId: string, token: string, count: number): Promise<Answer[]> =>
    Promise.all(
      Array.from({ length: count }, (_, index) =>
        refresh({ issuer: replicas[index % 2]?.url ?? "" }, clientId, token),
      ),
    );

  /** Holds writes back until this many requests have found the token unused and are about to write. */
  function openTheRace(count: number): void {
    const { promise, resolve } = Promise.withResolvers<void>();
    let arrived = 0;
    kv.before = async (method, key) => {
      if (method !== "compareAndSet" || !key.startsWith("rt:")) return;
      arrived += 1;
      if (arrived === count) resolve();
      await promise;
    };
  }

  // @rule CVE-2026-1035
  it("Keycloak CVE-2026-1035: of eight requests that find a token unused at the same time, one uses it and all get its answer", async () => {
    await start(30);
    const { clientId, tokens } = await connect(replicas[0] as System);
    openTheRace(8);
    kv.written.clear();
    const answers = await refreshEverywhere(clientId, tokens.refresh_token, 8);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    // No second token was issued without being returned.
    expect([...kv.written.keys()].filter((key) => key.startsWith("at:"))).toHaveLength(1);
  });

  // @rule CVE-2026-1035
  it("Keycloak CVE-2026-1035: without a grace period at most one request is answered, and the family never forks", async () => {
    await start(0);
    const { clientId, tokens } = await connect(replicas[0] as System);
    openTheRace(8);
    const answers = await refreshEverywhere(clientId, tokens.refresh_token, 8);
    kv.before = undefined;
    const good = answers.filter(({ status }) => status === 200);
    expect(good.length).toBeLessThanOrEqual(1);
    const lost = answers.filter(({ status }) => status !== 200);
    expect(new Set(lost.map(({ json }) => json["error"]))).toEqual(new Set(["invalid_grant"]));
  });

  // @rule ADV-openwork-4441
  it("openwork #4441: four concurrent refreshes are all answered 200 with the same successor, three times in a row", async () => {
    await start(30);
    const [first] = replicas as [System];
    const { clientId, tokens } = await connect(first);
    let token = tokens.refresh_token;
    for (let round = 0; round < 3; round += 1) {
      const answers = await refreshEverywhere(clientId, token, 4);
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
      expect(new Set(answers.map((answer) => toTokens(answer).refresh_token)).size).toBe(1);
      token = toTokens(answers[0]).refresh_token;
    }
    advance(31);
    expect((await refresh(first, clientId, tokens.refresh_token)).status).toBe(400);
    expect((await refresh(first, clientId, token)).json["error"]).toBe("invalid_grant");
  });
});

describe("after a restart, with the same database file", () => {
  let folder: string;
  let system: System;
  let issuer: string | undefined;
  let stop: () => Promise<void>;

  async function start(): Promise<void> {
    const kv = createSqliteKv({ file: path.join(folder, "store.sqlite"), clock: systemClock });
    const running = await startSystem({
      kv,
      settings: issuer === undefined ? {} : { ISSUER: issuer },
    });
    issuer ??= running.issuer;
    system = running;
    stop = async () => {
      await running.close();
      await kv.close();
    };
  }
  const restart = async (): Promise<void> => {
    await stop();
    await start();
  };
  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "taiga-mcp-advisories-"));
    issuer = undefined;
    await start();
  });
  afterEach(async () => {
    await stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const here = () => ({ issuer: system.url });
  const isActive = async (token: string): Promise<unknown> =>
    (await introspect(system.url, token)).json["active"];

  // @rule CVE-2026-9802
  it("Keycloak CVE-2026-9802: a rotated token is still recognised, and its reuse ends the family", async () => {
    const { clientId, tokens } = await connect(system);
    const next = toTokens(await refresh(here(), clientId, tokens.refresh_token));
    advance(31);
    await restart();
    expect(await isActive(next.access_token)).toBe(true);
    const replay = await refresh(here(), clientId, tokens.refresh_token);
    expect([replay.status, replay.json["error"]]).toEqual([400, "invalid_grant"]);
    expect(await isActive(next.access_token)).toBe(false);
    await restart();
    const after = await refresh(here(), clientId, next.refresh_token);
    expect(after.json["error"]).toBe("invalid_grant");
  });

  // @rule CVE-2026-9802
  it("Keycloak CVE-2026-9802: a restart neither extends nor restarts the grace period", async () => {
    const { clientId, tokens } = await connect(system);
    const first = await refresh(here(), clientId, tokens.refresh_token);
    advance(29);
    await restart();
    expect((await refresh(here(), clientId, tokens.refresh_token)).text).toBe(first.text);
    advance(1);
    expect((await refresh(here(), clientId, tokens.refresh_token)).status).toBe(400);
  });

  // @rule CVE-2026-9802
  it("Keycloak CVE-2026-9802: a used code and a used assertion are still recognised as used", async () => {
    const clientId = await register(here());
    const pkce = createPkce();
    const params = toAuthorizeParams(clientId, pkce);
    const code = (await authorize(system, params)).get("code") ?? "";
    const tokens = toTokens(await exchangeCode(here(), clientId, code, pkce));
    const client = await registerKeyClient(system);
    const proof = await client.prove();
    expect((await refresh(here(), client.id, "unknown", proof)).json["error"]).toBe(
      "invalid_grant",
    );
    await restart();
    const assertion = await refresh(here(), client.id, "unknown", proof);
    expect([assertion.status, assertion.json["error"]]).toEqual([401, "invalid_client"]);
    const replay = await exchangeCode(here(), clientId, code, createPkce());
    expect(replay.json["error"]).toBe("invalid_grant");
    expect(await isActive(tokens.access_token)).toBe(false);
  });
});
