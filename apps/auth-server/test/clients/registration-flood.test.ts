// A flood of registrations neither stops newcomers nor fills the store.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  type Answer,
  authorize,
  connect,
  createPkce,
  REDIRECT_URI,
  refresh,
  request,
  toAuthorizeParams,
} from "../support/client.ts";
import { startSystem, type System } from "../support/system.ts";
import { advance, stopClock } from "../support/time.ts";

let system: System;
beforeEach(stopClock);
afterEach(async () => {
  vi.useRealTimers();
  await system.close();
});

const start = async (settings: Record<string, string>): Promise<void> => {
  system = await startSystem({ settings: { TRUST_PROXY: "1", ...settings } });
};

const registerFrom = (address: string): Promise<Answer> =>
  request(`${system.issuer}/register`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-forwarded-for": address },
    body: JSON.stringify({ redirect_uris: [REDIRECT_URI] }),
  });

/** Registers one client a second, and returns the ids. */
async function registerMany(count: number, address: string): Promise<string[]> {
  const ids: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const { status, json } = await registerFrom(address);
    expect(status).toBe(201);
    advance(1);
    ids.push(String(json["client_id"]));
  }
  return ids;
}

const isStored = async (clientId: string): Promise<boolean> =>
  (await system.kv.get(system.keys.client(clientId))) !== undefined;

const storedOf = async (ids: readonly string[]): Promise<string[]> => {
  const found = await Promise.all(ids.map(isStored));
  return ids.filter((_id, index) => found[index]);
};

describe("a flood of registrations", () => {
  // @rule RFC7591-5-3
  it("from many networks does not stop newcomers", async () => {
    await start({ REGISTRATIONS_PER_HOUR: "20", REGISTRATIONS_PER_HOUR_TOTAL: "10" });
    const flood: number[] = [];
    for (let network = 1; network <= 4; network += 1) {
      for (let index = 0; index < 6; index += 1) {
        flood.push((await registerFrom(`192.0.2.${network}`)).status);
      }
    }
    expect(flood.filter((status) => status === 429)).toHaveLength(2);
    for (let newcomer = 1; newcomer <= 20; newcomer += 1) {
      expect((await registerFrom(`198.51.100.${newcomer}`)).status).toBe(201);
    }
  });

  // @rule RFC7591-5-3
  it("is no newcomer in another network of the same IPv6 site", async () => {
    await start({ REGISTRATIONS_PER_HOUR_TOTAL: "1" });
    const statuses: number[] = [];
    for (let network = 1; network <= 6; network += 1) {
      statuses.push((await registerFrom(`2001:db8:1:${network}::1`)).status);
    }
    expect(statuses).toEqual([201, 201, 201, 201, 429, 429]);
    expect((await registerFrom("2001:db8:2:1::1")).status).toBe(201);
  });

  // @rule RFC7591-5-4
  it("deletes its own oldest registrations first, then the oldest of newcomers", async () => {
    await start({ MAX_UNUSED_REGISTRATIONS: "6" });
    const newcomer = await registerMany(2, "198.51.100.1");
    const flood = await registerMany(10, "192.0.2.1");
    expect(await storedOf(newcomer)).toEqual(newcomer);
    // Its first three count as those of a newcomer, too.
    expect(await storedOf(flood)).toEqual([...flood.slice(0, 3), ...flood.slice(-1)]);
    await registerMany(1, "198.51.100.2");
    await registerMany(1, "198.51.100.3");
    expect(await storedOf([...newcomer, ...flood])).toHaveLength(4);
    expect(await storedOf(newcomer)).toHaveLength(1);
  });

  // @rule RFC7591-5-4
  it("never deletes a registration that a user has consented to, however many there are", async () => {
    await start({ MAX_UNUSED_REGISTRATIONS: "2" });
    const used: { clientId: string; refreshToken: string }[] = [];
    for (let index = 0; index < 4; index += 1) {
      const { clientId, tokens } = await connect(system);
      used.push({ clientId, refreshToken: tokens.refresh_token });
    }
    const flood = await registerMany(10, "192.0.2.1");
    expect(await storedOf(flood)).toHaveLength(2);
    for (const { clientId, refreshToken } of used) {
      expect((await refresh(system, clientId, refreshToken)).status).toBe(200);
    }
  });

  // @rule RFC7591-5-4
  it("never deletes a registration whose grant is new", async () => {
    await start({ MAX_UNUSED_REGISTRATIONS: "1" });
    const [clientId = ""] = await registerMany(1, "198.51.100.1");
    await authorize(system, toAuthorizeParams(clientId, createPkce()));
    await registerMany(5, "192.0.2.1");
    expect(await isStored(clientId)).toBe(true);
  });

  // @rule RFC7591-5-4
  it("takes the token of a deleted registration with it", async () => {
    await start({ MAX_UNUSED_REGISTRATIONS: "1" });
    const { json } = await registerFrom("192.0.2.1");
    await registerMany(5, "192.0.2.1");
    const { status } = await request(String(json["registration_client_uri"]), {
      headers: { authorization: `Bearer ${String(json["registration_access_token"])}` },
    });
    expect(status).toBe(401);
    const members = await system.kv.members(system.keys.clientIndex(String(json["client_id"])));
    expect(members).toEqual([]);
  });
});
