import fc from "fast-check";
import { expect, it } from "vitest";
import { SESSION_TTL_SECONDS } from "../../src/storage/interaction-lifetimes.ts";
import {
  ACTIVATION_SECONDS,
  addKey,
  createRing,
  removeKeys,
  type Ring,
  STALE_SECONDS,
  toRetirement,
  toState,
  toUse,
} from "../../src/secrets/ring.ts";

/** The maximum clock difference between two replicas. */
const SKEW_SECONDS = ACTIVATION_SECONDS - STALE_SECONDS;
const REPLICAS = 3;

const replica = fc.nat(REPLICAS - 1);
/** The rules use minutes and an hour. */
const seconds = fc.oneof(fc.nat(70), fc.nat(700), fc.nat(4_000));
const event = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("pass"), seconds }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("read"), replica }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("sign"), replica }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("rotate"), replica }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("retire"), replica }) },
);

/** Replicas that read the ring at any time, and serve only after a recent read. */
function createModel(skews: readonly number[]) {
  let time = 1_000_000;
  let stored: Ring = createRing(time);
  const replicas = skews.map((skew) => ({ skew, ring: stored, readAt: time }));
  /** Signatures that browsers hold. */
  let signed: { id: string; until: number }[] = [];

  const at = (index: number) => replicas[index]!;
  const isFresh = ({ readAt }: { readAt: number }): boolean => time - readAt <= STALE_SECONDS;
  const sealing = ({ ring, skew }: { ring: Ring; skew: number }) => toUse(ring, time + skew)[0];

  return {
    run: {
      pass: (seconds: number): void => {
        time += seconds;
        signed = signed.filter(({ until }) => until >= time);
      },
      read: (index: number): void => void Object.assign(at(index), { ring: stored, readAt: time }),
      sign: (index: number): void => {
        if (!isFresh(at(index))) return;
        signed.push({ id: sealing(at(index)).id, until: time + SESSION_TTL_SECONDS });
      },
      rotate: (index: number): void => {
        const now = time + at(index).skew;
        if (toState(stored, stored[0], now) !== "coming") stored = addKey(stored, now);
      },
      retire: (index: number): void => {
        const now = time + at(index).skew;
        const { older, from } = toRetirement(stored, now);
        if (now >= from) stored = removeKeys(stored, new Set(older.map(({ id }) => id)));
      },
    },
    /** Keys in use that a serving replica does not know. */
    missing: (): string[] => {
      const answering = replicas.filter(isFresh);
      const inUse = [...answering.map((each) => sealing(each).id), ...signed.map(({ id }) => id)];
      return inUse.filter((id) => answering.some(({ ring }) => !ring.some((key) => key.id === id)));
    },
  };
}

// @rule KEYS-2
it("every serving replica knows every key in use, for any order of reads, rotations and retirements", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: SKEW_SECONDS }), {
        minLength: REPLICAS,
        maxLength: REPLICAS,
      }),
      fc.array(event, { maxLength: 80, size: "max" }),
      (skews, events) => {
        const { run, missing } = createModel(skews);
        for (const { kind, ...args } of events) {
          if (kind === "pass" && "seconds" in args) run.pass(args.seconds);
          else if (kind !== "pass" && "replica" in args) run[kind as "read"](args.replica);
          expect(missing()).toEqual([]);
        }
      },
    ),
    { numRuns: 2_000 },
  );
});
