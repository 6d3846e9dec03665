// The Redis permissions listed in the store's README are sufficient.
import { readFileSync } from "node:fs";
import { describe, expect, inject, it, onTestFinished } from "vitest";
import { openBroadcast, openStore } from "../../packages/store/src/index.ts";
import { createWitness } from "../../packages/store/test/broadcast.contract.ts";
import type { RedisBinary } from "../support/redis-binary.ts";
import { spawnRedis } from "../support/redis-server.ts";

const binary = inject("redisBinary");

describe.skipIf(binary === undefined)("the permissions in packages/store/README.md", () => {
  it("are sufficient for the store and the broadcast", async () => {
    const readme = readFileSync("packages/store/README.md", "utf8");
    const rule = /^ +(user taiga-mcp on .+)$/m.exec(readme)?.[1] ?? "";
    const server = await spawnRedis(binary as RedisBinary, { settings: [rule] });
    onTestFinished(async () => void (await server.stop()));
    const url = server.url.replace("//", "//taiga-mcp:password@");
    const options = { url, dataDir: "unused", name: "auth-server", clock: () => 0 };
    const [kv, broadcast] = [await openStore(options), await openBroadcast(options)];
    onTestFinished(async () => void (await Promise.all([kv.close(), broadcast.close()])));

    const ttl = { ttlSeconds: 100 };
    const witness = createWitness();
    broadcast.subscribe(witness);
    await expect.poll(() => witness.heard).toEqual(["restored"]);
    await broadcast.publish("hello");
    await expect.poll(witness.messages).toEqual(["hello"]);
    await kv.ping();
    expect(Math.abs(Number(await kv.time()) - Date.now())).toBeLessThan(5_000);
    expect(await kv.inspect()).toEqual({ weaknesses: ["forgets"], unknown: [] });
    await kv.set("k", "v", { ...ttl, indexes: ["i"] });
    expect((await kv.get("k"))?.value).toBe("v");
    expect(await kv.setIfAbsent("k", "v", ttl)).toBe(false);
    expect(await kv.replace("k", "w")).toBe(true);
    expect(await kv.compareAndSet("k", "w", "x", ttl)).toBe(true);
    expect(await kv.touch("k", { ttlSeconds: 200, indexes: ["j"] })).toBe(true);
    expect(await kv.members("j")).toEqual(["k"]);
    expect(await kv.compareAndDelete("k", "y")).toBe(false);
    const scanned: string[] = [];
    for await (const key of kv.scan("")) scanned.push(key);
    expect(scanned).toEqual(["k"]);
    await kv.deleteMembers("i");
    expect(await kv.delete("k")).toBe(false);
  });
});
