import { UnavailableError } from "@taiga-mcp/service";
import { describe, test as base } from "vitest";
import type { Kv } from "../src/kv.ts";

/** A store and the time it lives in. */
export interface KvUnderTest {
  kv: Kv;
  /** The store's own time, in epoch seconds. */
  now: () => Promise<number>;
  /** Lets time pass until the store's clock shows `time`; at once when it is later already. */
  advanceTo: (time: number) => Promise<void>;
}

/**
 * What every implementation of `Kv` keeps: each sentence of `kv.ts`, and what follows from it.
 * Tests run side by side, so a store on real time costs seconds only once.
 */
export function kvContract(name: string, create: () => Promise<KvUnderTest>): void {
  const it = base.extend("store", async ({ onTestFinished }) => {
    const store = await create();
    onTestFinished(() => store.kv.close());
    return store;
  });

  const endOf = async (kv: Kv, key: string): Promise<number> => (await kv.get(key))!.expiresAt;

  const fifty = <Result>(work: (caller: number) => Promise<Result>): Promise<Result[]> =>
    Promise.all(Array.from({ length: 50 }, (_, caller) => work(caller)));

  const countOf = (outcomes: boolean[]): number => outcomes.filter(Boolean).length;

  describe.concurrent(`${name} as a Kv`, () => {
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
        await kv.set("k", "v", { ttlSeconds: 2 });
        const end = await endOf(kv, "k");

        await advanceTo(end - 1);
        expect(await kv.get("k")).toEqual({ value: "v", expiresAt: end });
        await advanceTo(end);
        expect(await kv.get("k")).toBeUndefined();
      });

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

    describe("setIfAbsent", () => {
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

      it("never brings back what was deleted", async ({ store: { kv }, expect }) => {
        await kv.set("k", "v", { ttlSeconds: 100 });
        await kv.delete("k");
        expect(await kv.replace("k", "w")).toBe(false);
        expect(await kv.replace("k", "w", { ttlSeconds: 100 })).toBe(false);
        expect(await kv.get("k")).toBeUndefined();
      });
    });

    describe("compareAndSet", () => {
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

      it("changes nothing over another value, however similar", async ({
        store: { kv },
        expect,
      }) => {
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
        await kv.set("k", "v", { ttlSeconds: 1 });
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
      it("says true to exactly one of 50 callers that delete", async ({
        store: { kv },
        expect,
      }) => {
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
          await kv.set("k", "v", { ttlSeconds: 1, indexes: ["i"] });
          const end = await endOf(kv, "k");
          await moveEnd(kv);
          await advanceTo(end);
          expect(await kv.members("i")).toEqual(["k"]);
          await kv.deleteMembers("i");
          expect(await kv.get("k")).toBeUndefined();
        },
      );

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

    describe("ping and close", () => {
      it("answers a ping", async ({ store: { kv }, expect }) => {
        await expect(kv.ping()).resolves.toBeUndefined();
      });

      it("is unavailable in every method once it is closed, and closes twice", async ({
        store: { kv },
        expect,
      }) => {
        await kv.set("k", "v", { ttlSeconds: 100, indexes: ["i"] });
        await kv.close();
        await kv.close();
        const calls = [
          kv.get("k"),
          kv.set("k", "w", { ttlSeconds: 1 }),
          kv.setIfAbsent("k", "w", { ttlSeconds: 1 }),
          kv.replace("k", "w"),
          kv.compareAndSet("k", "v", "w", { ttlSeconds: 1 }),
          kv.touch("k", { ttlSeconds: 1 }),
          kv.delete("k"),
          kv.compareAndDelete("k", "v"),
          kv.members("i"),
          kv.firstToEnd("i", { withinSeconds: 1, limit: 1 }),
          kv.deleteMembers("i"),
          kv.scan("")[Symbol.asyncIterator]().next(),
          kv.ping(),
          kv.inspect(),
        ];
        for (const outcome of await Promise.allSettled(calls)) {
          expect(outcome).toMatchObject({
            status: "rejected",
            reason: expect.any(UnavailableError),
          });
        }
      });
    });
  });
}
