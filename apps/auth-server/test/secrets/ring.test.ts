import { describe, expect, it } from "vitest";
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
import { toRootKey } from "../support/root-keys.ts";

const NOW = 1_000_000;
const HOUR = 3600;

/** The newest key first; each key's id is its activation time relative to NOW. */
const toRing = (...activeFrom: [number, ...number[]]): Ring => {
  const [newest, ...older] = activeFrom.map((offset, index) =>
    toRootKey(index, { id: String(offset), activeFrom: NOW + offset }),
  );
  return [newest!, ...older];
};
const states = (ring: Ring, now = NOW): string[] => ring.map((key) => toState(ring, key, now));
const ids = (keys: readonly { id: string }[]): string[] => keys.map(({ id }) => id);

describe("the keys of a ring", () => {
  it.each([
    ["a first key", [0], ["sealing"], ["0"]],
    ["a first key, with a clock that is behind", [30], ["sealing"], ["30"]],
    ["a coming key", [60, -9], ["coming", "sealing"], ["-9", "60"]],
    ["a key that has just become active", [0, -9], ["sealing", "opening"], ["0", "-9"]],
    ["three", [1, -9, -99], ["coming", "sealing", "opening"], ["-9", "1", "-99"]],
    ["two keys, with a clock far behind", [600, 500], ["coming", "sealing"], ["500", "600"]],
  ] as const)(
    "%s: each key has one state, and the sealing key is used first",
    (_name, ring, expected, use) => {
      const [newest, ...older] = ring;
      expect(states(toRing(newest, ...older))).toEqual(expected);
      expect(ids(toUse(toRing(newest, ...older), NOW))).toEqual(use);
    },
  );

  it("seal at once when there is only a first key", () => {
    const ring = createRing(NOW);
    expect(ring).toMatchObject([{ createdAt: NOW, activeFrom: NOW }]);
    expect(ring[0].secret).toHaveLength(32);
    expect(createRing(NOW)[0].secret).not.toEqual(ring[0].secret);
  });
});

describe("a new key", () => {
  it("opens at once and seals a minute later", () => {
    const [first] = createRing(NOW - 100);
    const ring = addKey([first], NOW);
    expect(states(ring, NOW + ACTIVATION_SECONDS - 1)).toEqual(["coming", "sealing"]);
    expect(states(ring, NOW + ACTIVATION_SECONDS)).toEqual(["sealing", "opening"]);
    expect(ring[1]).toBe(first);
  });

  it("seals after every older key, also when a clock was wrong", () => {
    const ring = addKey(toRing(500), NOW);
    expect(ring[0].activeFrom).toBeGreaterThan(NOW + 500);
  });

  // @rule KEYS-2
  it("is known everywhere before it seals: a process with a stale ring serves no requests", () => {
    expect(STALE_SECONDS).toBeLessThan(ACTIVATION_SECONDS);
  });
});

describe("the keys that may be retired", () => {
  it.each([
    ["none of a single key", [0], [], HOUR],
    ["none while a key is coming, and then the previous key", [60, -9], [], 60 + HOUR],
    ["the older of two keys, when its signatures have expired", [-9, -99], ["-99"], -9 + HOUR],
    ["those older than the sealing key, but not the coming key", [60, -9, -99], ["-99"], -9 + HOUR],
    ["all older keys together", [-9, -99, -999], ["-99", "-999"], -9 + HOUR],
  ] as const)("are %s", (_name, [newest, ...older], expected, from) => {
    const retirement = toRetirement(toRing(newest, ...older), NOW);
    expect(ids(retirement.older)).toEqual(expected);
    expect(retirement.from).toBe(NOW + from);
  });

  it("are removed without changes to the others", () => {
    const ring = toRing(60, -9, -99);
    expect(ids(removeKeys(ring, new Set(["-99", "unknown"])))).toEqual(["60", "-9"]);
    expect(() => removeKeys(ring, new Set(ids(ring)))).toThrow(TypeError);
  });
});
