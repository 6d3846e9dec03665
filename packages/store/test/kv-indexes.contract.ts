import { describe } from "vitest";
import type { Kv } from "../src/kv.ts";
import { endOf, fifty, type StoreTest } from "./support/kv-under-test.ts";

/** What `members`, `firstToEnd` and `deleteMembers` keep. */
export function indexesContract(it: StoreTest): void {
  describe("indexes", () => {
    it("has no members before anything enters it", async ({ store: { kv }, expect }) => {
      expect(await kv.members("i")).toEqual([]);
      await expect(kv.deleteMembers("i")).resolves.toBeUndefined();
    });

    it("names each of its keys once, in every index they entered", async ({
      store: { kv },
      expect,
    }) => {
      await kv.set("a", "1", { ttlSeconds: 100, indexes: ["i", "j"] });
      await kv.set("b", "2", { ttlSeconds: 100, indexes: ["i"] });
      await kv.set("a", "3", { ttlSeconds: 100, indexes: ["i"] });
      expect((await kv.members("i")).toSorted()).toEqual(["a", "b"]);
      expect(await kv.members("j")).toEqual(["a"]);
    });

    it("is something else than an entry of the same name", async ({ store: { kv }, expect }) => {
      await kv.set("name", "v", { ttlSeconds: 100, indexes: ["name"] });
      expect((await kv.get("name"))?.value).toBe("v");
      expect(await kv.members("name")).toEqual(["name"]);
    });

    it("keeps a key that is written again without naming the index", async ({
      store: { kv },
      expect,
    }) => {
      await kv.set("k", "1", { ttlSeconds: 100, indexes: ["i"] });
      await kv.set("k", "2", { ttlSeconds: 100 });
      expect(await kv.members("i")).toEqual(["k"]);
    });

    it("lives as long as its longest-lived member, whichever came last", async ({
      store,
      expect,
    }) => {
      const { kv, advanceTo } = store;
      await kv.set("long", "v", { ttlSeconds: 100, indexes: ["i"] });
      await kv.set("short", "v", { ttlSeconds: 1, indexes: ["i"] });
      await advanceTo((await store.now()) + 1);
      expect(await kv.members("i")).toEqual(["long"]);
      await kv.deleteMembers("i");
      expect(await kv.get("long")).toBeUndefined();
    });

    it.for([
      ["touch", (kv: Kv) => kv.touch("k", { ttlSeconds: 100, indexes: ["i"] })],
      ["replace", (kv: Kv) => kv.replace("k", "w", { ttlSeconds: 100 })],
      ["compareAndSet", (kv: Kv) => kv.compareAndSet("k", "v", "w", { ttlSeconds: 100 })],
      ["set", (kv: Kv) => kv.set("k", "w", { ttlSeconds: 100 })],
    ] as const)(
      "still holds a key whose end was moved by %s, or a revocation would miss it",
      async ([, moveEnd], { store, expect }) => {
        const { kv, advanceTo } = store;
        await kv.set("k", "v", { ttlSeconds: 3, indexes: ["i"] });
        const end = await endOf(kv, "k");
        await moveEnd(kv);
        await advanceTo(end);
        expect(await kv.members("i")).toEqual(["k"]);
        await kv.deleteMembers("i");
        expect(await kv.get("k")).toBeUndefined();
      },
    );

    // @rule STORE-4
    it("lets go of a key that ended or was deleted, so that it takes nothing along that came later", async ({
      store,
      expect,
    }) => {
      const { kv, advanceTo } = store;
      await kv.set("ended", "v", { ttlSeconds: 1, indexes: ["i"] });
      await kv.set("deleted", "v", { ttlSeconds: 100, indexes: ["i"] });
      await kv.set("member", "v", { ttlSeconds: 100, indexes: ["i"] });
      await advanceTo((await store.now()) + 1);
      await kv.delete("deleted");
      await kv.setIfAbsent("deleted", "new", { ttlSeconds: 100 });
      await kv.set("ended", "new", { ttlSeconds: 100 });

      await kv.deleteMembers("i");
      expect(await kv.get("member")).toBeUndefined();
      expect((await kv.get("deleted"))?.value).toBe("new");
      expect((await kv.get("ended"))?.value).toBe("new");
    });

    it("names those that end first, in the order of their ends and no more than asked for", async ({
      store: { kv },
      expect,
    }) => {
      const lives = { c: 300, a: 100, outside: 50, e: 5000, b: 200, d: 400 };
      for (const [key, ttlSeconds] of Object.entries(lives)) {
        await kv.set(key, "v", { ttlSeconds, indexes: key === "outside" ? [] : ["i"] });
      }
      const within = (withinSeconds: number, limit: number) =>
        kv.firstToEnd("i", { withinSeconds, limit });

      expect(await within(1000, 10)).toEqual(["a", "b", "c", "d"]);
      expect(await within(1000, 2)).toEqual(["a", "b"]);
      expect(await within(250, 10)).toEqual(["a", "b"]);
      expect(await within(10, 10)).toEqual([]);
      expect(await kv.firstToEnd("another", { withinSeconds: 1000, limit: 10 })).toEqual([]);
    });

    it.for([
      ["touch", (kv: Kv) => kv.touch("k", { ttlSeconds: 300 })],
      ["replace", (kv: Kv) => kv.replace("k", "w", { ttlSeconds: 300 })],
      ["compareAndSet", (kv: Kv) => kv.compareAndSet("k", "v", "w", { ttlSeconds: 300 })],
      ["set", (kv: Kv) => kv.set("k", "w", { ttlSeconds: 300 })],
    ] as const)(
      "puts a key whose end was moved by %s where it ends now",
      async ([, moveEnd], { store: { kv }, expect }) => {
        await kv.set("k", "v", { ttlSeconds: 100, indexes: ["i"] });
        await kv.set("other", "v", { ttlSeconds: 200, indexes: ["i"] });
        await moveEnd(kv);
        const first = await kv.firstToEnd("i", { withinSeconds: 1000, limit: 10 });
        expect(first).toEqual(["other", "k"]);
      },
    );

    it("does not name first to end what has ended or was deleted", async ({ store, expect }) => {
      const { kv, advanceTo } = store;
      await kv.set("ended", "v", { ttlSeconds: 1, indexes: ["i"] });
      await kv.set("deleted", "v", { ttlSeconds: 100, indexes: ["i"] });
      await kv.set("kept", "v", { ttlSeconds: 200, indexes: ["i"] });
      await advanceTo((await store.now()) + 1);
      await kv.delete("deleted");
      expect(await kv.firstToEnd("i", { withinSeconds: 1000, limit: 10 })).toEqual(["kept"]);
    });

    it("deletes every key in it, their places in other indexes, and nothing else", async ({
      store: { kv },
      expect,
    }) => {
      const entered = Array.from({ length: 300 }, (_, number) => `member ${number}`);
      for (const key of entered) await kv.set(key, "v", { ttlSeconds: 100, indexes: ["i", "j"] });
      await kv.set("outside", "v", { ttlSeconds: 100, indexes: ["j"] });

      await kv.deleteMembers("i");
      for (const key of entered) expect(await kv.get(key)).toBeUndefined();
      expect(await kv.members("i")).toEqual([]);
      expect(await kv.members("j")).toEqual(["outside"]);
      expect(await kv.get("outside")).toBeDefined();
    });

    it("never leaves a key behind that entered before, however calls mix", async ({
      store: { kv },
      expect,
    }) => {
      await fifty(async (caller) => {
        if (caller % 10 === 9) return await kv.deleteMembers("i");
        await kv.set(`k${caller}`, "v", { ttlSeconds: 100, indexes: ["i"] });
      });
      const entries = await fifty((caller) => kv.get(`k${caller}`));
      const left = entries.flatMap((entry, caller) => (entry ? [`k${caller}`] : []));
      expect((await kv.members("i")).toSorted()).toEqual(left.toSorted());
    });
  });
}
