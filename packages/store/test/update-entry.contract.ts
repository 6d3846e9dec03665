import { describe } from "vitest";
import { updateEntry } from "../src/update-entry.ts";
import { endOf, fifty, type StoreTest } from "./support/kv-under-test.ts";

/** What `updateEntry` keeps over every store. */
export function updateEntryContract(it: StoreTest): void {
  describe("updateEntry", () => {
    it("counts up without losing a step under 50 concurrent callers", async ({
      store: { kv },
      expect,
    }) => {
      const counts = await fifty(() =>
        updateEntry(kv, "count", (entry) => {
          const next = Number(entry?.value ?? 0) + 1;
          return { value: String(next), ttlSeconds: 100, result: next };
        }),
      );
      expect(counts.toSorted((one, other) => one - other)).toEqual(
        Array.from({ length: 50 }, (_, index) => index + 1),
      );
      expect((await kv.get("count"))?.value).toBe("50");
    });

    it("creates an absent entry with the given end", async ({ store, expect }) => {
      const before = await store.now();
      const seen = await updateEntry(store.kv, "k", (entry) => ({
        value: "v",
        ttlSeconds: 100,
        result: entry,
      }));
      expect(seen).toBeUndefined();
      expect((await store.kv.get("k"))?.value).toBe("v");
      expect(await endOf(store.kv, "k")).toBeGreaterThanOrEqual(before + 100);
    });

    it("keeps the end of an entry unless it is given a new one", async ({ store, expect }) => {
      const { kv } = store;
      await kv.set("k", "v", { ttlSeconds: 100 });
      const end = await endOf(kv, "k");
      await updateEntry(kv, "k", () => ({ value: "w", result: undefined }));
      expect(await kv.get("k")).toEqual({ value: "w", expiresAt: end });
      await updateEntry(kv, "k", () => ({ value: "x", ttlSeconds: 10, result: undefined }));
      expect(await endOf(kv, "k")).toBeLessThanOrEqual((await store.now()) + 10);
    });

    it("leaves the entry alone when the change has no value", async ({ store, expect }) => {
      const { kv } = store;
      await kv.set("k", "v", { ttlSeconds: 100 });
      const entry = await kv.get("k");
      expect(await updateEntry(kv, "k", (current) => ({ result: current }))).toEqual(entry);
      expect(await kv.get("k")).toEqual(entry);
      expect(await updateEntry(kv, "absent", () => ({ result: "nothing" }))).toBe("nothing");
      expect(await kv.get("absent")).toBeUndefined();
    });

    it("deletes the entry when the new value is null, for exactly one caller", async ({
      store: { kv },
      expect,
    }) => {
      await kv.set("k", "v", { ttlSeconds: 100 });
      const values = await fifty(() =>
        updateEntry(kv, "k", (entry) => ({ value: null, result: entry?.value })),
      );
      expect(values.filter((value) => value === "v")).toHaveLength(1);
      expect(await kv.get("k")).toBeUndefined();
    });

    it("changes what another caller wrote while it decided", async ({ store: { kv }, expect }) => {
      await kv.set("k", "old", { ttlSeconds: 100 });
      const seen: (string | undefined)[] = [];
      await updateEntry(kv, "k", async (entry) => {
        seen.push(entry?.value);
        if (seen.length === 1) await kv.replace("k", "new");
        return { value: `${entry?.value} and more`, result: undefined };
      });
      expect(seen).toEqual(["old", "new"]);
      expect((await kv.get("k"))?.value).toBe("new and more");
    });

    it("does not bring back what was deleted while it decided", async ({
      store: { kv },
      expect,
    }) => {
      await kv.set("k", "v", { ttlSeconds: 100 });
      const found = await updateEntry(kv, "k", async (entry) => {
        await kv.delete("k");
        return entry === undefined
          ? { result: false }
          : { value: "w", ttlSeconds: 100, result: true };
      });
      expect(found).toBe(false);
      expect(await kv.get("k")).toBeUndefined();
    });

    it("lets an error of the change through and writes nothing", async ({
      store: { kv },
      expect,
    }) => {
      await kv.set("k", "v", { ttlSeconds: 100 });
      const updating = updateEntry(kv, "k", () => {
        throw new Error("refused");
      });
      await expect(updating).rejects.toThrow("refused");
      expect((await kv.get("k"))?.value).toBe("v");
    });
  });
}
