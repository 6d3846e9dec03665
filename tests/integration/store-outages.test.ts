// Every kind of outage of each real store, and every request to the authorization server during it:
// what users and clients are told, how soon, and that the same login, code, token or form works
// again when the store is back.
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, inject, it, vi } from "vitest";
import { createLossyKv } from "../support/lossy-kv.ts";
import { startAuthServer, startTaiga, type TaigaAddress } from "../support/outage-platform.ts";
import { type Needs, STEPS, type StepInHand, type Told } from "../support/outage-steps.ts";
import { examineStore, type StoreReport } from "../support/store-invariants.ts";
import { WAIT_MS } from "../support/time-limits.ts";
import { type GoesOn, TROUBLES, type TroubledStore } from "../support/troubled-stores.ts";

const binary = inject("redisBinary");

/**
 * Longest wait for any answer, in milliseconds. An outage is answered sooner: in one second
 * on an idle machine. Requests that wait for one another give up after eight.
 */
const ANSWER_MS = 10_000;
const OUTAGE_MS = 7_500;

const GOES_ON: Readonly<Record<GoesOn, readonly Needs[]>> = {
  nothing: [],
  reads: ["reads"],
  "reads and deletes": ["reads", "deletes"],
  "what fits": ["reads", "deletes"],
  everything: ["reads", "deletes", "writes"],
};

const SERVED = "served";
const OUTAGE = { status: 503, error: "temporarily_unavailable" };

let taiga: TaigaAddress;
beforeAll(async () => {
  taiga = await startTaiga();
});
afterAll(() => taiga.close());

/** The result of one step. */
interface Experience {
  during: Told;
  waitedMs: number;
  after: Told;
  /** Why it did not work after the outage. */
  failure: unknown;
}

async function goOn(
  step: StepInHand,
  during: Told,
): Promise<Pick<Experience, "after" | "failure">> {
  const after = isServed(during) ? during : await step.ask();
  try {
    await step.verify();
    return { after, failure: undefined };
  } catch (failure) {
    return { after, failure };
  }
}

const isServed = ({ status, error }: Told): boolean => status < 400 && error === undefined;

/** Runs all steps at once during the outage, and again after it. */
async function liveThrough(store: TroubledStore) {
  const kv = createLossyKv(store.kv);
  const system = await startAuthServer({ kv, taiga, sleep: async (ms) => sleep(ms) });
  try {
    const steps: [string, StepInHand][] = [];
    for (const [name, step] of Object.entries(STEPS)) {
      steps.push([name, await step.prepare(system)]);
    }
    await store.begin();
    const start = performance.now();
    const told = await Promise.all(
      steps.map(async ([name, step]) => {
        const during = await step.ask();
        return { name, step, during, waitedMs: performance.now() - start };
      }),
    );
    await store.end();
    await vi.waitFor(() => kv.ping(), { timeout: WAIT_MS });
    const experiences = new Map<string, Experience>();
    for (const { name, step, during, waitedMs } of told) {
      experiences.set(name, { during, waitedMs, ...(await goOn(step, during)) });
    }
    return { experiences, report: await examineStore(system.kv, system, kv) };
  } finally {
    await system.close();
  }
}

describe.each(Object.entries(TROUBLES))("%s", (name, { open, goesOn }) => {
  describe.skipIf(binary === undefined && name.startsWith("Redis"))("and", () => {
    let experiences: Map<string, Experience>;
    let report: StoreReport;
    let store: TroubledStore;
    beforeAll(async () => {
      store = await open(binary);
      ({ experiences, report } = await liveThrough(store));
    });
    afterAll(() => store.close());

    // @rule OUTAGE-3 OUTAGE-8
    it.each(Object.entries(STEPS))(
      "%s: is answered during the outage and works after it",
      (step, { needs }) => {
        const { during, waitedMs, after, failure } = experiences.get(step)!;
        // On a full disk, some writes may still fit into the remaining space.
        const fits = goesOn === "what fits" && isServed(during);
        const goesWell = fits || GOES_ON[goesOn].includes(needs);
        expect(isServed(during) ? SERVED : during).toEqual(goesWell ? SERVED : OUTAGE);
        expect(waitedMs).toBeLessThan(goesWell ? ANSWER_MS : OUTAGE_MS);
        expect(failure).toBeUndefined();
        expect(isServed(after)).toBe(true);
      },
    );

    // @rule OUTAGE-8
    it("causes failures, where some requests are expected to fail", () => {
      const told = [...experiences.values()].map(({ during }) => during.status);
      expect(told.includes(503)).toBe(goesOn !== "everything");
    });

    // @rule OUTAGE-9
    it("leaves no incomplete records", () => {
      expect(report.faults).toEqual([]);
    });
  });
});
