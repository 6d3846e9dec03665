import { UnavailableError } from "@taiga-mcp/service";
import { createMemoryKv } from "@taiga-mcp/store";
import { beforeEach, describe, expect, it } from "vitest";
import { createSealer } from "../../src/crypto/seal.ts";
import { createRecordStore } from "../../src/engine/record-store.ts";
import { toRecordKind } from "../../src/engine/records.ts";
import {
  createRefreshGrace,
  type RefreshGrace,
  type RefreshUse,
} from "../../src/engine/refresh-grace.ts";
import { createStorageKeys } from "../../src/storage/keys.ts";
import { createRootKeys } from "../support/root-keys.ts";

const request = { clientId: "client", scope: "", resource: "https://mcp.example/mcp" };

let now: number;
let rounds: number;
/** What a request that waits for another one's answer waits for before it looks again. */
let nextLook: Promise<void>;
let grace: RefreshGrace;

beforeEach(async () => {
  now = 1_000;
  rounds = 0;
  nextLook = Promise.resolve();
  const clock = (): number => now;
  const kv = createMemoryKv({ clock });
  const keys = createStorageKeys("http://localhost:3003/api/v1");
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
 * Sealing is done beside the event loop and takes as long as the machine lets it, so whoever waits
 * looks again when the answer is there.
 * @returns what says that it is.
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

  it("takes over after five seconds from a request that crashed before it answered", async () => {
    await claimToken();
    now += 6;
    const held = await claimToken();
    await grace.settle(held, "the second attempt's answer");
    expect(await grace.use("token", request)).toMatchObject({ outcome: "answered" });
    expect(rounds).toBe(0);
  });

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

  it("gives one answer even when a request that was taken for dead finishes after all", async () => {
    const slow = await claimToken();
    now += 6;
    const fast = await claimToken();
    expect(await grace.settle(fast, "fast")).toBe("fast");
    expect(await grace.settle(slow, "slow")).toBe("fast");
  });

  it("does not start its thirty seconds anew when a request takes over", async () => {
    await claimToken();
    now += 6;
    await claimToken();
    now += 24;
    await expect(grace.use("token", request)).rejects.toThrow("invalid_grant");
  });

  it("gives up with 503 when the first request neither answers nor dies", async () => {
    await claimToken();
    await expect(grace.use("token", request)).rejects.toThrow(UnavailableError);
  });

  it("hides the use from the engine during the grace only", () => {
    const consumed = { ...request, id: "x", firstAt: now, startedAt: now };
    now += 29;
    expect(grace.reveal({ consumed })).toEqual({});
    now += 1;
    expect(grace.reveal({ consumed })).toEqual({ consumed });
  });
});
