import { beforeEach, describe, expect, it } from "vitest";
import {
  createLoginWorld,
  HOME,
  type LoginWorld,
  OFFICE,
  right,
  START,
} from "../support/login-world.ts";

let world: LoginWorld;
beforeEach(() => {
  world = createLoginWorld();
});

describe("one network", () => {
  const failAsMany = async (count: number, address = OFFICE) => {
    for (let i = 0; i < count; i += 1) await world.fail(1, `user-${world.asked.length}`, address);
  };

  it("is slowed down to two attempts a second after 60 failures in 5 minutes", async () => {
    await failAsMany(60);
    expect(world.now).toBe(START);
    await failAsMany(20);
    expect(world.now).toBe(START + 10);
  });

  // @rule LOGIN-4
  it("is never locked: the right password still works, after a wait", async () => {
    await failAsMany(200);
    world.taiga = right;
    const before = world.now;
    expect(await world.attempt("bob")).toBe(true);
    expect(world.now - before).toBeLessThanOrEqual(1);
    expect(await world.attempt("carol", HOME)).toBe(true);
  });

  it("is not slowed down any more 5 minutes later", async () => {
    await failAsMany(60);
    world.now += 300;
    const before = world.now;
    await failAsMany(3);
    expect(world.now).toBe(before);
  });

  it("queues concurrent attempts and rejects those that would wait too long", async () => {
    await failAsMany(60);
    world.isTimeStanding = true;
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, (_, i) => world.attempt(`spray-${i}`)),
    );
    expect(outcomes.filter((outcome) => outcome === false)).toHaveLength(41);
    expect(outcomes.filter((outcome) => outcome === 21)).toHaveLength(9);
    expect(world.waits.toSorted((one, other) => one - other)).toEqual(
      Array.from({ length: 40 }, (_, turn) => (turn + 1) * 500),
    );
  });

  it("stays slow while it sends more than the limit: rejected attempts do not help", async () => {
    world.isTimeStanding = true;
    const atOnce = (name: string) =>
      Promise.all(Array.from({ length: 60 }, (_, i) => world.attempt(`${name}-${i}`)));
    await atOnce("first");
    await atOnce("second");
    expect(world.asked).toHaveLength(60 + 41);
    await atOnce("third");
    await atOnce("fourth");
    expect(world.asked).toHaveLength(60 + 41);
  });

  it("stays slow when some of its logins are right", async () => {
    await failAsMany(60);
    world.isTimeStanding = true;
    world.taiga = right;
    for (let login = 0; login < 20; login += 1) expect(await world.attempt("bob")).toBe(true);
    expect(world.waits).toEqual(Array.from({ length: 19 }, (_, turn) => (turn + 1) * 500));
  });

  it("completes 500 simultaneous logins within five minutes, even after a flood of failures", async () => {
    await failAsMany(60);
    world.isTimeStanding = true;
    world.taiga = right;
    let waiting = Array.from({ length: 500 }, (_, index) => `person-${index}`);
    const begin = world.now;
    while (waiting.length > 0) {
      const outcomes = await Promise.all(
        waiting.map(async (name) => ({ name, outcome: await world.attempt(name) })),
      );
      waiting = outcomes.filter(({ outcome }) => outcome !== true).map(({ name }) => name);
      world.now += 21;
    }
    expect(world.now - begin).toBeLessThanOrEqual(300);
  });

  it("is a /64 for IPv6, because its owner has all of its addresses", async () => {
    for (let i = 0; i < 60; i += 1) await world.fail(1, `user-${i}`, `2001:db8:0:1::${i + 1}`);
    await world.fail(3, "other", "2001:db8:0:2::1");
    expect(world.now).toBe(START);
    await world.fail(3, "next", "2001:db8:0:1:ffff::");
    expect(world.now).toBe(START + 1);
  });

  it("is one address for IPv4, also when it is written as IPv6", async () => {
    for (let i = 0; i < 60; i += 1) await world.fail(1, `user-${i}`, `::ffff:192.0.2.${i}`);
    await world.fail(3, "next", "::ffff:192.0.2.99");
    expect(world.now).toBe(START);
  });
});
