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

/** The newest first; each key is named by when it becomes active, as seen from NOW. */
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
    ["a first one", [0], ["sealing"], ["0"]],
    ["a first one, by a clock that is behind", [30], ["sealing"], ["30"]],
    ["one that is coming", [60, -9], ["coming", "sealing"], ["-9", "60"]],
    ["one that has just come", [0, -9], ["sealing", "opening"], ["0", "-9"]],
    ["three", [1, -9, -99], ["coming", "sealing", "opening"], ["-9", "1", "-99"]],
    ["two by a clock far behind", [600, 500], ["coming", "sealing"], ["500", "600"]],
  ] as const)(
    "%s: each has one state, and the one that seals is used first",
    (_name, ring, expected, use) => {
      const [newest, ...older] = ring;
      expect(states(toRing(newest, ...older))).toEqual(expected);
      expect(ids(toUse(toRing(newest, ...older), NOW))).toEqual(use);
    },
  );

  it("seals at once where it is the first", () => {
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

  it("seals after every older one, also where a clock was wrong", () => {
    const ring = addKey(toRing(500), NOW);
    expect(ring[0].activeFrom).toBeGreaterThan(NOW + 500);
  });

  // @rule KEYS-2
  it("is known everywhere before it seals: a process with a stale ring serves no requests", () => {
    expect(STALE_SECONDS).toBeLessThan(ACTIVATION_SECONDS);
  });
});

describe("the keys that may go", () => {
  it.each([
    ["none of one", [0], [], HOUR],
    ["none while the next is coming, and then the one before it", [60, -9], [], 60 + HOUR],
    ["the older of two, when nothing it signed is left", [-9, -99], ["-99"], -9 + HOUR],
    ["those before the one that seals, not the one that comes", [60, -9, -99], ["-99"], -9 + HOUR],
    ["all older ones together", [-9, -99, -999], ["-99", "-999"], -9 + HOUR],
  ] as const)("are %s", (_name, [newest, ...older], expected, from) => {
    const retirement = toRetirement(toRing(newest, ...older), NOW);
    expect(ids(retirement.older)).toEqual(expected);
    expect(retirement.from).toBe(NOW + from);
  });

  it("leave the others as they are", () => {
    const ring = toRing(60, -9, -99);
    expect(ids(removeKeys(ring, new Set(["-99", "unknown"])))).toEqual(["60", "-9"]);
    expect(() => removeKeys(ring, new Set(ids(ring)))).toThrow(TypeError);
  });
});
