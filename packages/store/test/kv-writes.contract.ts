import { describe } from "vitest";
import { countOf, endOf, fifty, type StoreTest } from "./support/kv-under-test.ts";

/** What the writes keep that look at what is there: who of many callers wins, and what stays. */
export function writesContract(it: StoreTest): void {
  describe("setIfAbsent", () => {
    // @rule STORE-3
    it("is true for exactly one of 50 concurrent callers, whose value stays", async ({
      store: { kv },
      expect,
    }) => {
      const outcomes = await fifty((caller) =>
        kv.setIfAbsent("claim", `caller ${caller}`, { ttlSeconds: 100 }),
      );
      expect(countOf(outcomes)).toBe(1);
      expect((await kv.get("claim"))?.value).toBe(`caller ${outcomes.indexOf(true)}`);
    });

    it("leaves value and end of what is there alone", async ({ store: { kv }, expect }) => {
      await kv.set("k", "v", { ttlSeconds: 100 });
      const entry = await kv.get("k");
      expect(await kv.setIfAbsent("k", "w", { ttlSeconds: 1000 })).toBe(false);
      expect(await kv.get("k")).toEqual(entry);
    });

    it("ends like any entry, and can then be claimed once again", async ({ store, expect }) => {
      const { kv, advanceTo } = store;
      await kv.setIfAbsent("claim", "v", { ttlSeconds: 1 });
      await advanceTo((await store.now()) + 1);
      const outcomes = await fifty(() => kv.setIfAbsent("claim", "w", { ttlSeconds: 100 }));
      expect(countOf(outcomes)).toBe(1);
    });
  });

  describe("replace", () => {
    it("writes the value and keeps the end", async ({ store: { kv }, expect }) => {
      await kv.set("k", "v", { ttlSeconds: 100 });
      const end = await endOf(kv, "k");
      expect(await kv.replace("k", "w")).toBe(true);
      expect(await kv.get("k")).toEqual({ value: "w", expiresAt: end });
    });

    it.for([
      ["later", 1000],
      ["nearer", 10],
    ] as const)("gives a %s end when told to", async ([, ttlSeconds], { store, expect }) => {
      await store.kv.set("k", "v", { ttlSeconds: 100 });
      const before = await store.now();
      expect(await store.kv.replace("k", "w", { ttlSeconds })).toBe(true);
      const end = await endOf(store.kv, "k");
      expect(end).toBeGreaterThanOrEqual(before + ttlSeconds);
      expect(end).toBeLessThanOrEqual((await store.now()) + ttlSeconds);
    });

    // @rule GRANT-4
    it("never brings back what was deleted", async ({ store: { kv }, expect }) => {
      await kv.set("k", "v", { ttlSeconds: 100 });
      await kv.delete("k");
      expect(await kv.replace("k", "w")).toBe(false);
      expect(await kv.replace("k", "w", { ttlSeconds: 100 })).toBe(false);
      expect(await kv.get("k")).toBeUndefined();
    });
  });

  describe("compareAndSet", () => {
    // @rule STORE-3
    it("lets exactly one of 50 callers win who have read the same value", async ({
      store: { kv },
      expect,
    }) => {
      await kv.set("k", "read", { ttlSeconds: 100 });
      const outcomes = await fifty((caller) =>
        kv.compareAndSet("k", "read", `caller ${caller}`, { ttlSeconds: 100 }),
      );
      expect(countOf(outcomes)).toBe(1);
      expect((await kv.get("k"))?.value).toBe(`caller ${outcomes.indexOf(true)}`);
    });

    it("counts up without losing a step under 50 callers that try again", async ({
      store: { kv },
      expect,
    }) => {
      await kv.set("count", "0", { ttlSeconds: 100 });
      await fifty(async () => {
        for (;;) {
          const { value } = (await kv.get("count"))!;
          const next = String(Number(value) + 1);
          if (await kv.compareAndSet("count", value, next, { ttlSeconds: 100 })) return;
        }
      });
      expect((await kv.get("count"))?.value).toBe("50");
    });

    it("gives a new end", async ({ store: { kv }, expect }) => {
      await kv.set("k", "v", { ttlSeconds: 100 });
      const end = await endOf(kv, "k");
      await kv.compareAndSet("k", "v", "w", { ttlSeconds: 1000 });
      expect(await endOf(kv, "k")).toBeGreaterThan(end);
    });

    it("keeps the end unless it is given a new one", async ({ store: { kv }, expect }) => {
      await kv.set("k", "v", { ttlSeconds: 100, indexes: ["i"] });
      const end = await endOf(kv, "k");
      expect(await kv.compareAndSet("k", "v", "w")).toBe(true);
      expect(await kv.get("k")).toEqual({ value: "w", expiresAt: end });
      expect(await kv.members("i")).toEqual(["k"]);
      expect(await kv.compareAndSet("k", "v", "x")).toBe(false);
      expect((await kv.get("k"))?.value).toBe("w");
    });

    it("changes nothing over another value, however similar", async ({ store: { kv }, expect }) => {
      await kv.set("k", "v", { ttlSeconds: 100 });
      const entry = await kv.get("k");
      for (const other of ["V", "v ", "", "vv"]) {
        expect(await kv.compareAndSet("k", other, "w", { ttlSeconds: 1000 })).toBe(false);
      }
      expect(await kv.get("k")).toEqual(entry);
    });

    it("never writes where nothing is", async ({ store: { kv }, expect }) => {
      expect(await kv.compareAndSet("k", "", "w", { ttlSeconds: 100 })).toBe(false);
      expect(await kv.get("k")).toBeUndefined();
    });
  });

  describe("touch", () => {
    it("moves the end and keeps the value", async ({ store, expect }) => {
      const { kv, advanceTo } = store;
      await kv.set("k", "v", { ttlSeconds: 3 });
      const end = await endOf(kv, "k");
      expect(await kv.touch("k", { ttlSeconds: 100 })).toBe(true);
      await advanceTo(end);
      expect((await kv.get("k"))?.value).toBe("v");
    });

    it("never moves the end nearer", async ({ store: { kv }, expect }) => {
      await kv.set("k", "v", { ttlSeconds: 100 });
      const entry = await kv.get("k");
      expect(await kv.touch("k", { ttlSeconds: 1 })).toBe(true);
      expect(await kv.get("k")).toEqual(entry);
    });

    it("never brings back what was deleted, nor its place in an index", async ({
      store: { kv },
      expect,
    }) => {
      await kv.set("k", "v", { ttlSeconds: 100, indexes: ["i"] });
      await kv.delete("k");
      expect(await kv.touch("k", { ttlSeconds: 100, indexes: ["i"] })).toBe(false);
      expect(await kv.get("k")).toBeUndefined();
      expect(await kv.members("i")).toEqual([]);
    });
  });

  describe("delete and compareAndDelete", () => {
    it("says true to exactly one of 50 callers that delete", async ({ store: { kv }, expect }) => {
      await kv.set("k", "v", { ttlSeconds: 100 });
      expect(countOf(await fifty(() => kv.delete("k")))).toBe(1);
      expect(await kv.get("k")).toBeUndefined();
    });

    it("gives a lock back only to its holder", async ({ store: { kv }, expect }) => {
      await kv.setIfAbsent("lock", "holder", { ttlSeconds: 100 });
      expect(await kv.compareAndDelete("lock", "someone else")).toBe(false);
      expect((await kv.get("lock"))?.value).toBe("holder");
      expect(await kv.compareAndDelete("lock", "holder")).toBe(true);
      expect(await kv.compareAndDelete("lock", "holder")).toBe(false);
    });
  });
}
