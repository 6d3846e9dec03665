import type { Clock } from "@taiga-mcp/service";
import { test as base } from "vitest";
import type { Kv } from "../../src/kv.ts";

/** A store and the time it lives in. */
export interface KvUnderTest {
  kv: Kv;
  /** The time of the process that uses the store, in epoch seconds. */
  clock: Clock;
  /** The store's own time, in epoch seconds. */
  now: () => Promise<number>;
  /** Lets time pass until the store's clock shows `time`; at once when it is later already. */
  advanceTo: (time: number) => Promise<void>;
}

/** vitest's `it` for tests that each get a store of their own, closed with the test. */
export const withStore = (create: () => Promise<KvUnderTest>) =>
  base.extend("store", async ({ onTestFinished }) => {
    const store = await create();
    onTestFinished(() => store.kv.close());
    return store;
  });

/** The `it` that each contract gets. */
export type StoreTest = ReturnType<typeof withStore>;

/** When an entry that is there ends, in epoch seconds. */
export const endOf = async (kv: Kv, key: string): Promise<number> => (await kv.get(key))!.expiresAt;

/** What 50 callers get who all ask at once. */
export const fifty = <Result>(work: (caller: number) => Promise<Result>): Promise<Result[]> =>
  Promise.all(Array.from({ length: 50 }, (_, caller) => work(caller)));

/** How many of them heard `true`. */
export const countOf = (outcomes: boolean[]): number => outcomes.filter(Boolean).length;
