// The answer of a refresh is kept for the grace, and no longer than it is needed.
import { createSqliteKv } from "@taiga-mcp/store";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createRecordStore } from "../../../src/engine/records/record-store.ts";
import { toRecordKind } from "../../../src/engine/records/records.ts";
import {
  createRefreshGrace,
  type HeldRefresh,
  type RefreshGrace,
} from "../../../src/engine/single-use/refresh-grace.ts";
import { createSealer } from "../../../src/secrets/seal.ts";
import { createKeyNames } from "../../../src/storage/key-names.ts";
import { connect, introspect, refresh, toTokens } from "../../support/client.ts";
import { createRootKeys } from "../../support/root-keys.ts";
import { createTestKv, type TestKv } from "../../support/stores.ts";
import { startSystem, type System } from "../../support/system.ts";

describe("the answer of a refresh", () => {
  let kv: TestKv;
  let system: System;
  beforeEach(async () => {
    kv = createTestKv();
    system = await startSystem({ kv });
  });
  afterEach(() => system.close());

  // @rule GRANT-13
  it("is deleted as soon as its refresh token is used, and the login lives on", async () => {
    const { clientId, tokens } = await connect(system);
    const next = toTokens(await refresh(system, clientId, tokens.refresh_token));
    const answer = system.keys.refreshAnswer(tokens.refresh_token);
    expect(await kv.get(answer)).toBeDefined();
    const again = await refresh(system, clientId, tokens.refresh_token);
    expect(toTokens(again)).toEqual(next);

    const last = toTokens(await refresh(system, clientId, next.refresh_token));
    expect(await kv.get(answer)).toBeUndefined();
    const late = await refresh(system, clientId, tokens.refresh_token);
    expect(late.json["error"]).toBe("invalid_grant");
    expect((await introspect(system.issuer, last.access_token)).json["active"]).toBe(true);
    expect(toTokens(await refresh(system, clientId, next.refresh_token))).toEqual(last);
    expect((await refresh(system, clientId, last.refresh_token)).status).toBe(200);
  });

  // @rule GRANT-13
  it("stays while the use of its refresh token fails", async () => {
    const { clientId, tokens } = await connect(system);
    const next = toTokens(await refresh(system, clientId, tokens.refresh_token));
    kv.failsOn = (method, key) => method === "set" && key.startsWith("at:");
    expect((await refresh(system, clientId, next.refresh_token)).status).toBe(503);
    kv.failsOn = undefined;
    const again = await refresh(system, clientId, tokens.refresh_token);
    expect(toTokens(again)).toEqual(next);
  });
});

describe("the refresh grace", () => {
  const request = { clientId: "client", scope: "", resource: "https://mcp.example/mcp" };
  const keys = createKeyNames("http://localhost:3003/api/v1");
  let now: number;
  let rounds: number;
  let kv: TestKv;
  let grace: RefreshGrace;

  beforeEach(async () => {
    now = 1_000;
    rounds = 0;
    const clock = (): number => now;
    kv = createTestKv(createSqliteKv({ file: ":memory:", clock }));
    const sealer = createSealer(createRootKeys(1), "engine");
    const kind = toRecordKind("RefreshToken", keys);
    const records = createRecordStore({ kv, sealer, clock, kind });
    await records.write("token", { clientId: "client", grantId: "grant" }, 3600);
    const sleep = async (): Promise<void> => void (rounds += 1);
    grace = createRefreshGrace({ kv, keys, sealer, clock, records, graceSeconds: 30, sleep });
  });

  async function claimToken(): Promise<HeldRefresh> {
    const use = await grace.use("token", request);
    if (use.outcome !== "claimed") throw new Error("The token was answered already.");
    return use.held;
  }

  // While the first request is at work, and in the rest of the grace.
  // @rule GRANT-1
  it.each([0, 4, 5, 6, 29])("refuses another request after %i seconds", async (seconds) => {
    await grace.settle(await claimToken(), "the answer");
    now += seconds;
    for (const other of [{ clientId: "another" }, { scope: "taiga:read" }, { resource: "other" }]) {
      await expect(grace.use("token", { ...request, ...other })).rejects.toMatchObject({
        error_detail: "refresh token was just used for something else",
      });
    }
    expect(await grace.use("token", request)).toMatchObject({ outcome: "answered" });
  });

  // @rule GRANT-1
  it("refuses another request while the first is at work", async () => {
    await claimToken();
    await expect(grace.use("token", { ...request, scope: "taiga:read" })).rejects.toMatchObject({
      error_detail: "refresh token was just used for something else",
    });
  });

  // A store that evicts may lose it, too.
  // @rule GRANT-13
  it.each([0, 6, 29])("gives no second answer when the first is gone (%i s)", async (seconds) => {
    await grace.settle(await claimToken(), "the answer");
    await kv.delete(keys.refreshAnswer("token"));
    now += seconds;
    await expect(grace.use("token", request)).rejects.toMatchObject({
      error_detail: "the answer is gone",
    });
    expect(rounds).toBe(0);
  });
});
