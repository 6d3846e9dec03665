import { afterEach, beforeEach, expect, it } from "vitest";
import { connect, introspect, refresh, type Tokens } from "../support/client.ts";
import { createTestKv, type TestKv } from "../support/stores.ts";
import { startSystem, type System } from "../support/system.ts";

const OLD = new Uint8Array(32).fill(1);
const NEW = new Uint8Array(32).fill(2);

let kv: TestKv;
let system: System;

beforeEach(async () => {
  kv = createTestKv();
  system = await startSystem({ kv, config: { masterKeys: [OLD] } });
});
afterEach(() => system.close());

/** The same store and address under other keys. */
async function restart(masterKeys: [Uint8Array, ...Uint8Array[]]): Promise<void> {
  await system.close();
  system = await startSystem({ kv, config: { masterKeys } });
}

async function use(clientId: string, tokens: Tokens): Promise<Tokens> {
  const answer = await refresh(system, clientId, tokens.refresh_token);
  expect(answer.status).toBe(200);
  return answer.json as unknown as Tokens;
}

it("a login outlives a new key beside the old one, and then the end of the old one", async () => {
  const { clientId, tokens } = await connect(system);
  await restart([NEW, OLD]);
  expect((await introspect(system.url, tokens.access_token)).json["active"]).toBe(true);
  const next = await use(clientId, tokens);
  await restart([NEW]);
  await use(clientId, next);
});

it("a client that did not come while both keys were there waits for the old one, and loses nothing", async () => {
  const { clientId, tokens } = await connect(system);
  await restart([NEW]);
  const answer = await refresh(system, clientId, tokens.refresh_token);
  // Not invalid_client or invalid_grant: on those it would throw its login away.
  expect(answer.status).toBe(503);
  expect(answer.json["error"]).toBe("temporarily_unavailable");
  await restart([NEW, OLD]);
  await use(clientId, tokens);
});

it("sealing again never moves the end of a client, and changes nothing while the store fails", async () => {
  const { clientId, tokens } = await connect(system);
  const before = await kv.get(system.keys.client(clientId));
  await restart([NEW, OLD]);
  kv.failsOn = (method, key) => method === "compareAndSet" && key === system.keys.client(clientId);
  const next = await use(clientId, tokens);
  expect((await kv.get(system.keys.client(clientId)))?.value).toBe(before?.value);
  kv.failsOn = undefined;
  await use(clientId, next);
  const after = await kv.get(system.keys.client(clientId));
  expect(after?.value).not.toBe(before?.value);
  expect(after?.expiresAt).toBeGreaterThanOrEqual(before?.expiresAt ?? 0);
});
