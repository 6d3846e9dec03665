import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { ConfigurationError, UnavailableError } from "@taiga-mcp/service";
import { describe, expect, it, onTestFinished } from "vitest";
import { openBroadcast, openStore } from "../src/open-store.ts";
import { createWitness } from "./broadcast.contract.ts";
import { createFakeRedis } from "./support/fake-redis.ts";
import { createFakeClock } from "./support/fake-clock.ts";

const { clock } = createFakeClock();

const UNKNOWN = ["", "sqlite", "sqlite:/some/file", "postgres://host", "http://host"];

function newFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "store-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

describe("openStore", () => {
  it("keeps each service's store in its own file in the data folder", async () => {
    const dataDir = newFolder();
    for (const name of ["auth-server", "resource-server"]) {
      const kv = await openStore({ url: "sqlite:", dataDir, name, clock });
      onTestFinished(() => kv.close());
      expect(await kv.setIfAbsent("k", name, { ttlSeconds: 100 })).toBe(true);
      expect(existsSync(path.join(dataDir, `${name}.sqlite`))).toBe(true);
    }
  });

  it("resolves although no Redis answers, so that the service starts and says 503", async () => {
    const fake = await createFakeRedis({});
    await fake.close(); // nothing listens there any more
    const kv = await openStore({ url: fake.url, dataDir: "unused", name: "auth-server", clock });
    onTestFinished(() => kv.close());
    await expect(kv.get("k")).rejects.toThrow(UnavailableError);
    await expect(kv.ping()).rejects.toThrow(UnavailableError);
  });

  // @rule STORE-4
  it.each(UNKNOWN)("refuses %j and names the setting and the rule", async (url) => {
    const opening = openStore({ url, dataDir: "unused", name: "auth-server", clock });
    await expect(opening).rejects.toThrow(ConfigurationError);
    await expect(opening).rejects.toThrow(/^STORE_URL: must be sqlite: or start with redis/);
  });
});

describe("openBroadcast", () => {
  it("stays in the process with a SQLite store, which serves one process only", async () => {
    const broadcast = await openBroadcast({ url: "sqlite:", name: "auth-server" });
    onTestFinished(() => broadcast.close());
    const witness = createWitness();
    broadcast.subscribe(witness);
    await broadcast.publish("hello");
    await expect.poll(() => witness.heard).toEqual(["restored", '"hello"']);
  });

  it("resolves although no Redis answers, and is lost until one does", async () => {
    const fake = await createFakeRedis({});
    await fake.close(); // nothing listens there any more
    const broadcast = await openBroadcast({ url: fake.url, name: "auth-server" });
    onTestFinished(() => broadcast.close());
    const witness = createWitness();
    broadcast.subscribe(witness);
    await expect(broadcast.publish("hello")).rejects.toThrow(UnavailableError);
    expect(witness.heard).toEqual([]);
  });

  // @rule STORE-4
  it.each(UNKNOWN)("refuses %j and names the setting and the rule", async (url) => {
    const opening = openBroadcast({ url, name: "auth-server" });
    await expect(opening).rejects.toThrow(ConfigurationError);
    await expect(opening).rejects.toThrow(/^STORE_URL: must be sqlite: or start with redis/);
  });
});
