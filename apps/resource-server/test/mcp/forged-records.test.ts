import { createSqliteKv, type Kv } from "@taiga-mcp/store";
import { beforeEach, afterEach, expect, it } from "vitest";
import { type Harness, messagesOf, NOW, rpc, startHarness } from "../support/harness.ts";
import { toolDoing } from "../support/tools.ts";

let store: Kv;
let rs: Harness;
let calls: number;
beforeEach(async () => {
  calls = 0;
  store = createSqliteKv({ file: ":memory:", clock: () => NOW });
  rs = await startHarness({
    store,
    tools: [
      toolDoing("create_things", "write", async ({ idempotency }) => {
        const call = { tool: "create_things", key: "k", args: {} };
        const { result } = await idempotency.run(call, async () => {
          calls += 1;
          return { result: `made ${calls}`, isComplete: true };
        });
        return result;
      }),
    ],
  });
  rs.grant("alice");
});
afterEach(() => rs.close());

async function call(): Promise<string> {
  const body = rpc("tools/call", { name: "create_things", arguments: {} });
  return JSON.stringify(await messagesOf(await rs.post(body, { token: "alice" })));
}

// @rule STORE-16
it.each<[string, (text: string) => string]>([
  ["is changed", (text) => text.replace("made 1", "made by an attacker")],
  ["is made up without a MAC", (text) => text.replace(/^mac1\.[^{]*/, "")],
])("an earlier result that %s is not repeated to the model", async (_name, forge) => {
  expect(await call()).toContain("made 1");
  expect(await call()).toContain("made 1");
  let name = "";
  for await (const key of store.scan("idempotency:")) name = key;
  const { value = "" } = (await store.get(name)) ?? {};
  expect(forge(value)).not.toBe(value);
  await store.replace(name, forge(value));
  expect(await call()).toContain("made 2");
  expect(rs.logText()).toContain("store record refused: not written by this service");
});
