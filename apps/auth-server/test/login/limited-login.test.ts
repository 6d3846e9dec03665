import { UnavailableError } from "@taiga-mcp/service";
import { beforeEach, describe, expect, it } from "vitest";
import {
  createLoginWorld,
  HOME,
  type LoginWorld,
  OFFICE,
  right,
  START,
  wrong,
} from "../support/login-world.ts";

let world: LoginWorld;
beforeEach(() => {
  world = createLoginWorld();
});

describe("one account from one network", () => {
  // @rule LOGIN-4
  it("is locked for 15 minutes after 5 failures in a minute, even with the right password", async () => {
    for (let failure = 0; failure < 5; failure += 1) {
      world.now = START + failure * 14;
      await world.fail(1, "ada");
    }
    world.taiga = right;
    expect(await world.attempt("ada")).toBe(900);
    world.now += 899;
    expect(await world.attempt("ada")).toBe(1);
    world.now += 1;
    expect(await world.attempt("ada")).toBe(true);
    expect(world.asked).toHaveLength(6);
  });

  it("is not locked by 5 failures over a minute", async () => {
    for (let failure = 0; failure < 5; failure += 1) {
      world.now = START + failure * 15;
      await world.fail(1, "ada");
    }
    world.taiga = right;
    expect(await world.attempt("ada")).toBe(true);
  });

  it("counts in a sliding minute, not in full minutes", async () => {
    await world.fail(1, "ada");
    world.now += 50;
    await world.fail(2, "ada");
    world.now += 15;
    await world.fail(2, "ada");
    world.now += 40;
    await world.fail(1, "ada");
    expect(await world.attempt("ada")).toBe(900);
  });

  it("is locked during slow guessing, after 20 failures in an hour, until there are fewer", async () => {
    for (let failure = 0; failure < 20; failure += 1) {
      await world.fail(1, "ada");
      world.now += 60;
    }
    expect(await world.attempt("ada")).toBe(3600 - 20 * 60);
    world.now += 3600 - 20 * 60;
    await world.fail(1, "ada");
    expect(await world.attempt("ada")).toBe(900);
  });

  // @rule LOGIN-4
  it("locks out neither colleagues in the same network nor the owner elsewhere", async () => {
    await world.fail(5, "ada");
    world.taiga = right;
    expect(await world.attempt("bob")).toBe(true);
    expect(await world.attempt("ada", HOME)).toBe(true);
  });

  it("is the same account in every spelling of its name that Taiga accepts", async () => {
    for (const name of ["ada", "ADA", " Ada ", "ａｄａ", "ada"]) await world.fail(1, name);
    expect(await world.attempt("aDa")).toBe(900);
  });

  // @rule LOGIN-4
  it("shares one lock for its user name and its e-mail address, once it has logged in", async () => {
    await world.fail(1, "ada@example.com");
    world.taiga = right;
    expect(await world.attempt("ada")).toBe(true);
    world.taiga = wrong;
    await world.fail(2, "ada");
    await world.fail(3, "Ada@Example.com");
    expect(await world.attempt("ada")).toBe(900);
    expect(await world.attempt("ada@example.com", OFFICE, "browser", world.createReplica())).toBe(
      900,
    );
    world.taiga = right;
    expect(await world.attempt("bob")).toBe(true);
  });

  it("starts over after the right password", async () => {
    await world.fail(4, "ada");
    world.taiga = right;
    expect(await world.attempt("ada")).toBe(true);
    world.taiga = wrong;
    await world.fail(5, "ada");
  });

  it("counts concurrent attempts on all replicas", async () => {
    const replicas = [world.createReplica(), world.createReplica(), world.createReplica()];
    const outcomes = await Promise.all(
      Array.from({ length: 12 }, (_, i) => world.attempt("ada", OFFICE, "new", replicas[i % 3])),
    );
    expect(outcomes.filter((outcome) => outcome === false)).toHaveLength(5);
    expect(world.asked).toHaveLength(5);
  });

  it("does not count attempts that Taiga could not check", async () => {
    world.taiga = () => Promise.reject(new UnavailableError("Taiga does not answer."));
    for (let i = 0; i < 20; i += 1)
      await expect(world.attempt("ada")).rejects.toThrow(UnavailableError);
    world.taiga = right;
    expect(await world.attempt("ada")).toBe(true);
  });

  // @rule STORE-1
  it("is stored under a hash: the store does not reveal user names", async () => {
    await world.fail(1, "ada");
    expect([...world.kv.written.keys()].join()).not.toContain("ada");
    expect([...world.kv.written.keys()].join()).not.toContain(OFFICE);
  });
});

describe("one account from all networks", () => {
  const guessFrom = async (networks: number, failures: number) => {
    for (let network = 0; network < networks; network += 1) {
      for (let failure = 0; failure < failures; failure += 1) {
        world.now += 15;
        await world.fail(1, "ada", `198.51.100.${network}`);
      }
    }
  };

  // @rule LOGIN-4
  it("is locked after 100 failures in an hour, and no other account is", async () => {
    await guessFrom(10, 10);
    expect(await world.attempt("ada", HOME)).toBe(2115);
    world.taiga = right;
    expect(await world.attempt("bob", HOME)).toBe(true);
    world.now += 2115;
    expect(await world.attempt("ada", HOME)).toBe(true);
  });

  it("is not locked by four networks that are at their own limit", async () => {
    await guessFrom(4, 20);
    world.taiga = right;
    expect(await world.attempt("ada", HOME)).toBe(true);
  });
});

// @rule OUTAGE-7
it("rejects logins while the store cannot count", async () => {
  world.kv.isDown = true;
  await expect(world.attempt("ada")).rejects.toThrow(UnavailableError);
  expect(world.asked).toEqual([]);
});
