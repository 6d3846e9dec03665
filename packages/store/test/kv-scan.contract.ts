import { describe } from "vitest";
import type { Kv } from "../src/kv.ts";
import type { StoreTest } from "./support/kv-under-test.ts";

/** What `scan` keeps. */
export function scanContract(it: StoreTest): void {
  describe("scan", () => {
    async function scan(kv: Kv, prefix: string): Promise<string[]> {
      const keys = new Set<string>();
      for await (const key of kv.scan(prefix)) keys.add(key);
      return [...keys].toSorted();
    }

    it("names every key that begins with a prefix, and no other", async ({
      store: { kv },
      expect,
    }) => {
      const keys = Array.from({ length: 450 }, (_, number) => `a:${number}`).toSorted();
      for (const key of [...keys, "a", "b:1", "A:1"]) {
        await kv.set(key, "v", { ttlSeconds: 100, indexes: ["a:index"] });
      }
      expect(await scan(kv, "a:")).toEqual(keys);
      expect(await scan(kv, "b:1")).toEqual(["b:1"]);
      expect(await scan(kv, "c")).toEqual([]);
      expect(await scan(kv, "")).toHaveLength(keys.length + 3);
    });

    it("takes each character of a prefix for itself", async ({ store: { kv }, expect }) => {
      const prefixes = ["a*", "a?", "[ab]", "a\\", "%", "é🦄", "^a"];
      for (const prefix of prefixes) await kv.set(`${prefix}1`, "v", { ttlSeconds: 100 });
      for (const name of ["aa1", "b1", "a1", "e1"]) await kv.set(name, "v", { ttlSeconds: 100 });
      for (const prefix of prefixes) expect(await scan(kv, prefix)).toEqual([`${prefix}1`]);
    });

    it("does not name what has ended or was deleted", async ({ store, expect }) => {
      const { kv, advanceTo } = store;
      await kv.set("ended", "v", { ttlSeconds: 1 });
      await kv.set("deleted", "v", { ttlSeconds: 100 });
      await kv.set("kept", "v", { ttlSeconds: 100 });
      await advanceTo((await store.now()) + 1);
      await kv.delete("deleted");
      expect(await scan(kv, "")).toEqual(["kept"]);
    });

    it("misses none of those that stay while others are written and deleted", async ({
      store: { kv },
      expect,
    }) => {
      const lasting = Array.from({ length: 450 }, (_, number) => `k${number}`);
      for (const key of lasting) await kv.set(key, "v", { ttlSeconds: 100 });
      const found = new Set<string>();
      for await (const key of kv.scan("k")) {
        found.add(key);
        if (!lasting.includes(key)) continue;
        await kv.replace(key, "w", { ttlSeconds: 200 });
        if (found.size % 10 === 0) await kv.set(`k-${found.size}`, "v", { ttlSeconds: 100 });
        if (found.size % 20 === 0) await kv.delete(`k-${found.size - 10}`);
      }
      expect(lasting.filter((key) => !found.has(key))).toEqual([]);
    });
  });
}
