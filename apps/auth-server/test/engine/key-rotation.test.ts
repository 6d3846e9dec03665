import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { connect, introspect, refresh, type Tokens } from "../support/client.ts";
import { createTestKv, type TestKv } from "../support/stores.ts";
import { startSystem, type System, toMasterKeySetting } from "../support/system.ts";
import { stopClock } from "../support/time.ts";

const OLD = toMasterKeySetting(1);
const NEW = toMasterKeySetting(2);

let kv: TestKv;
let system: System;

beforeEach(async () => {
  stopClock();
  kv = createTestKv();
  system = await startSystem({ kv, settings: { MASTER_KEY: OLD } });
});
afterEach(async () => {
  vi.useRealTimers();
  await system.close();
});

/** The same store and address with other keys. */
async function restart(masterKeys: string[]): Promise<void> {
  await system.close();
  system = await startSystem({ kv, settings: { MASTER_KEY: masterKeys.join(",") } });
}

async function use(clientId: string, tokens: Tokens, at = system): Promise<Tokens> {
  expect((await introspect(at.url, tokens.access_token)).json["active"]).toBe(true);
  const answer = await refresh(at, clientId, tokens.refresh_token);
  expect(answer.status).toBe(200);
  return answer.json as unknown as Tokens;
}

describe("a new MASTER_KEY", () => {
  it("ends no login, and the old key may be removed at once", async () => {
    const { clientId, tokens } = await connect(system);
    await restart([NEW, OLD]);
    // No request is served in between: the start alone seals the ring with the new key.
    await restart([NEW]);
    await use(clientId, tokens);
    await expect(startSystem({ kv, settings: { MASTER_KEY: OLD } })).rejects.toThrow(
      "MASTER_KEY does not open the key ring",
    );
  });
});
