import { UnavailableError } from "@taiga-mcp/service";
import { createSqliteKv } from "@taiga-mcp/store";
import { beforeEach, describe, expect, it } from "vitest";
import { createSealer } from "../../../src/secrets/seal.ts";
import { createRecordStore } from "../../../src/engine/records/record-store.ts";
import { toRecordKind } from "../../../src/engine/records/records.ts";
import {
  createRefreshGrace,
  type RefreshGrace,
  type RefreshUse,
} from "../../../src/engine/single-use/refresh-grace.ts";
import { createKeyNames } from "../../../src/storage/key-names.ts";
import { createRootKeys } from "../../support/root-keys.ts";
import { createTestKv, type TestKv } from "../../support/stores.ts";

const request = { clientId: "client", scope: "", resource: "https://mcp.example/mcp" };

let now: number;
let rounds: number;
/** The wait between two checks of a request that waits for another request's answer. */
let nextLook: Promise<void>;
let grace: RefreshGrace;
let kv: TestKv;

beforeEach(async () => {
  now = 1_000;
  rounds = 0;
  nextLook = Promise.resolve();
  const clock = (): number => now;
  kv = createTestKv(createSqliteKv({ file: ":memory:", clock }));
  const keys = createKeyNames("http://localhost:3003/api/v1");
  const sealer = createSealer(createRootKeys(1), "engine");
  const records = createRecordStore({
    kv,
    sealer,
    clock,
    kind: toRecordKind("RefreshToken", keys),
  });
  await records.write("token", { clientId: "client", grantId: "grant" }, 3600);
  const sleep = async (): Promise<void> => {
    rounds += 1;
    await nextLook;
  };
  grace = createRefreshGrace({ kv, keys, sealer, clock, records, graceSeconds: 30, sleep });
});

async function claimToken(): Promise<Extract<RefreshUse, { outcome: "claimed" }>["held"]> {
  const use = await grace.use("token", request);
  if (use.outcome !== "claimed") throw new Error("The token was answered already.");
  return use.held;
}

/**
 * Sealing runs outside the event loop and its duration depends on the machine, so a waiting request
 * checks again when the answer is stored.
 * @returns the callback that signals the stored answer.
 */
function holdNextLook(): () => void {
  const { promise, resolve } = Promise.withResolvers<void>();
  nextLook = promise;
  return resolve;
}

describe("the refresh grace", () => {
  it("lets a second request wait for the first one's answer", async () => {
    const held = await claimToken();
    const lookAgain = holdNextLook();
    const second = grace.use("token", request);
    await grace.settle(held, "the answer");
    lookAgain();
    expect(await second).toEqual({ outcome: "answered", answer: "the answer" });
  });

  // @rule GRANT-2
  it("takes over after five seconds from a request that crashed before it answered", async () => {
    await claimToken();
    now += 6;
    const held = await claimToken();
    await grace.settle(held, "the second attempt's answer");
    expect(await grace.use("token", request)).toMatchObject({ outcome: "answered" });
    expect(rounds).toBe(0);
  });

  // @rule GRANT-2
  it("lets exactly one of several take over", async () => {
    await claimToken();
    now += 6;
    const lookAgain = holdNextLook();
    const uses = [grace.use("token", request), grace.use("token", request)];
    const first = await Promise.race(uses);
    if (first.outcome !== "claimed") throw new Error("Nobody took over.");
    await grace.settle(first.held, "the answer");
    lookAgain();
    const outcomes = (await Promise.all(uses)).map(({ outcome }) => outcome);
    expect(outcomes.toSorted()).toEqual(["answered", "claimed"]);
  });

  // @rule CVE-2026-1035
  it("gives one answer even when a request that was presumed dead finishes after all", async () => {
    const slow = await claimToken();
    now += 6;
    const fast = await claimToken();
    expect(await grace.settle(fast, "fast")).toBe("fast");
    expect(await grace.settle(slow, "slow")).toBe("fast");
  });

  // @rule OUTAGE-11
  it("leaves the token usable until an answer has been given", async () => {
    await claimToken();
    now += 600;
    const held = await claimToken();
    await grace.settle(held, "the answer");
    now += 29;
    expect(await grace.use("token", request)).toEqual({
      outcome: "answered",
      answer: "the answer",
    });
    now += 1;
    await expect(grace.use("token", request)).rejects.toThrow("invalid_grant");
  });

  it("treats a stored answer as given, also when its request died before it marked it so", async () => {
    const held = await claimToken();
    kv.failsOn = (method, key) => method === "compareAndSet" && key.startsWith("rt:");
    await expect(grace.settle(held, "the answer")).rejects.toThrow(UnavailableError);
    kv.failsOn = undefined;
    now += 6;
    expect(await grace.use("token", request)).toEqual({
      outcome: "answered",
      answer: "the answer",
    });
    now += 30;
    await expect(grace.use("token", request)).rejects.toThrow("invalid_grant");
  });

  it("gives up with 503 when the first request neither answers nor dies", async () => {
    await claimToken();
    await expect(grace.use("token", request)).rejects.toThrow(UnavailableError);
  });

  it("hides the use from the engine during the grace, and until it is answered", () => {
    const consumed = { ...request, id: "x", startedAt: now, isAnswered: true };
    now += 29;
    expect(grace.hideConsumed({ consumed })).toEqual({});
    now += 1;
    expect(grace.hideConsumed({ consumed })).toEqual({ consumed });
    expect(grace.hideConsumed({ consumed: { ...consumed, isAnswered: false } })).toEqual({});
  });
});
