import { beforeEach, describe, expect, it } from "vitest";
import {
  createLoginWorld,
  HOME,
  type LoginWorld,
  OFFICE,
  right,
  wrong,
} from "../support/login-world.ts";

let world: LoginWorld;
beforeEach(() => {
  world = createLoginWorld();
});

describe("an account in a browser that it has logged in with", () => {
  beforeEach(async () => {
    world.taiga = right;
    await world.attempt("ada", OFFICE, "ada's");
    world.taiga = wrong;
  });

  /** Logins with invented names, as many at once as the network may have. */
  const flood = async () => {
    world.isTimeStanding = true;
    for (let wave = 0; wave < 2; wave += 1) {
      await Promise.all(
        Array.from({ length: 60 }, (_, i) => world.attempt(`made-up-${wave}-${i}`)),
      );
    }
    expect(await world.attempt("bob")).toBeGreaterThan(20);
  };

  // @rule LOGIN-5
  it("logs in at once, however many guesses come from the same network", async () => {
    await flood();
    world.waits = [];
    world.taiga = right;
    expect(await world.attempt("ada", OFFICE, "ada's")).toBe(true);
    expect(world.waits).toEqual([]);
  });

  // @rule LOGIN-5
  it("logs in when guesses from many networks have locked the account", async () => {
    for (let guess = 0; guess < 100; guess += 1) await world.fail(1, "ada", `198.51.100.${guess}`);
    world.taiga = right;
    expect(await world.attempt("ada", HOME)).toBe(3600);
    expect(await world.attempt("ada", HOME, "ada's")).toBe(true);
  });

  it("is locked by its own failures like a network, and locks nothing else", async () => {
    for (let failure = 0; failure < 5; failure += 1) {
      expect(await world.attempt("ada", OFFICE, "ada's")).toBe(false);
    }
    world.taiga = right;
    expect(await world.attempt("ada", HOME, "ada's")).toBe(900);
    expect(await world.attempt("ada", OFFICE)).toBe(true);
  });

  it("is not recognised for another account, and another browser is not recognised for this one", async () => {
    await flood();
    world.taiga = right;
    expect(await world.attempt("carol", OFFICE, "ada's")).toBeGreaterThan(20);
    expect(await world.attempt("ada", OFFICE, "a stranger's")).toBeGreaterThan(20);
  });

  it("is recognised for 90 days, and the store does not reveal its account", async () => {
    const names = [...world.kv.written.keys()].join();
    expect(names).toContain("known:");
    expect(names).not.toContain("ada");
    world.now += 90 * 86_400;
    await flood();
    world.taiga = right;
    expect(await world.attempt("ada", OFFICE, "ada's")).toBeGreaterThan(20);
  });

  it("is not recognised after a failed login", async () => {
    await world.fail(1, "carol");
    await flood();
    world.taiga = right;
    expect(await world.attempt("carol")).toBeGreaterThan(20);
  });
});
