import { describe } from "vitest";
import { endOf, type StoreTest } from "./support/kv-under-test.ts";

/** What `get` and `set` keep: values, names and ends. */
export function entriesContract(it: StoreTest): void {
  describe("entries", () => {
    it("knows nothing of a key that was never written", async ({ store: { kv }, expect }) => {
      expect(await kv.get("nobody")).toBeUndefined();
    });

    it("gives back the value, and its end in epoch seconds", async ({ store, expect }) => {
      const before = await store.now();
      await store.kv.set("k", "v", { ttlSeconds: 100 });
      const after = await store.now();

      const entry = (await store.kv.get("k"))!;
      expect(entry.value).toBe("v");
      expect(Number.isInteger(entry.expiresAt)).toBe(true);
      expect(entry.expiresAt).toBeGreaterThanOrEqual(before + 100);
      expect(entry.expiresAt).toBeLessThanOrEqual(after + 100);
    });

    it("keeps an entry until its end and not a second longer", async ({ store, expect }) => {
      const { kv, advanceTo } = store;
      let end = 0;
      let entry: Awaited<ReturnType<typeof kv.get>>;
      // Where time is real, the last second may be over before the question has arrived.
      do {
        await kv.set("k", "v", { ttlSeconds: 3 });
        end = await endOf(kv, "k");
        await advanceTo(end - 1);
        entry = await kv.get("k");
      } while ((await store.now()) >= end);
      expect(entry).toEqual({ value: "v", expiresAt: end });
      await advanceTo(end);
      expect(await kv.get("k")).toBeUndefined();
    });

    // @rule STORE-4
    it("treats an ended entry as absent in every method", async ({ store, expect }) => {
      const { kv, advanceTo } = store;
      const keys = ["replace", "cas", "touch", "delete", "cad", "claim"];
      for (const key of keys) await kv.set(key, "v", { ttlSeconds: 1, indexes: ["i"] });
      await advanceTo((await store.now()) + 1);

      expect(await kv.replace("replace", "w", { ttlSeconds: 9 })).toBe(false);
      expect(await kv.compareAndSet("cas", "v", "w", { ttlSeconds: 9 })).toBe(false);
      expect(await kv.touch("touch", { ttlSeconds: 9, indexes: ["i"] })).toBe(false);
      expect(await kv.delete("delete")).toBe(false);
      expect(await kv.compareAndDelete("cad", "v")).toBe(false);
      expect(await kv.setIfAbsent("claim", "w", { ttlSeconds: 9 })).toBe(true);
      expect(await kv.members("i")).toEqual([]);
      for (const key of keys.slice(0, -1)) expect(await kv.get(key)).toBeUndefined();
    });

    it("overwrites value and end, also with a nearer end", async ({ store: { kv }, expect }) => {
      await kv.set("k", "old", { ttlSeconds: 1000 });
      const end = await endOf(kv, "k");
      await kv.set("k", "new", { ttlSeconds: 100 });

      expect((await kv.get("k"))?.value).toBe("new");
      expect(await endOf(kv, "k")).toBeLessThan(end);
    });

    it("keeps values of 256 kB whole", async ({ store: { kv }, expect }) => {
      const value = "é".repeat(128 * 1024);
      await kv.set("large", value, { ttlSeconds: 100 });
      expect((await kv.get("large"))?.value).toBe(value);
    });

    it.for(["", "a b:c\n\"'\\", "Ünï/çødé", "日本語", "🦄", "%s {hash} *?[x]"])(
      "takes %j as key, value and index name alike",
      async (text, { store: { kv }, expect }) => {
        await kv.set(text, text, { ttlSeconds: 100, indexes: [text] });
        expect((await kv.get(text))?.value).toBe(text);
        expect(await kv.compareAndSet(text, text, `${text}!`, { ttlSeconds: 100 })).toBe(true);
        expect(await kv.members(text)).toEqual([text]);
      },
    );

    it.for([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])(
      "refuses a lifetime of %s, because a claim that ends at once would be everyone's",
      async (ttlSeconds, { store: { kv }, expect }) => {
        await kv.set("k", "v", { ttlSeconds: 100 });
        const calls = [
          kv.set("k", "w", { ttlSeconds }),
          kv.setIfAbsent("new", "w", { ttlSeconds }),
          kv.replace("k", "w", { ttlSeconds }),
          kv.compareAndSet("k", "v", "w", { ttlSeconds }),
          kv.touch("k", { ttlSeconds }),
        ];
        for (const outcome of await Promise.allSettled(calls)) {
          expect(outcome).toMatchObject({ status: "rejected", reason: expect.any(RangeError) });
        }
        expect((await kv.get("k"))?.value).toBe("v");
        expect(await kv.get("new")).toBeUndefined();
      },
    );
  });
}
