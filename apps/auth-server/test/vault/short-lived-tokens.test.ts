import { expect, it } from "vitest";
import { createTaigaChains } from "../support/taiga-chains.ts";
import { createVaultWorld, keys, seal, START } from "../support/vault-world.ts";

function createWorld(lifeSeconds: number) {
  const world = createVaultWorld();
  world.taiga = createTaigaChains(world.clock, undefined, lifeSeconds);
  return world;
}

const STEP_SECONDS = 5;
const HOUR_SECONDS = 3_600;

// @rule VAULT-10
it.each([30, 60, 120, 300, 600])(
  "a Taiga whose tokens live %i seconds is asked for another one after two thirds of that",
  async (lifeSeconds) => {
    const world = createWorld(lifeSeconds);
    await world.connect();
    for (let second = 0; second < HOUR_SECONDS; second += STEP_SECONDS) {
      const { expiresAt } = await world.vault.token("grant");
      expect(expiresAt - world.now).toBeGreaterThanOrEqual(Math.floor(lifeSeconds / 3));
      world.now += STEP_SECONDS;
    }
    const refreshes = world.taiga.presented.length;
    expect(refreshes).toBeLessThanOrEqual(HOUR_SECONDS / ((lifeSeconds * 2) / 3));
  },
);

it("a token of an earlier version is replaced five minutes before its end", async () => {
  const world = createWorld(1_000);
  const credential = world.taiga.login();
  const key = keys.vault("grant");
  const record = JSON.stringify({ state: "live", credential });
  await world.kv.set(key, await seal.seal(key, record), { ttlSeconds: HOUR_SECONDS });
  world.now = START + 700;
  expect(await world.vault.token("grant")).toMatchObject({ token: credential.token });
  world.now += 1;
  await world.vault.token("grant");
  expect(world.taiga.presented).toHaveLength(1);
});
