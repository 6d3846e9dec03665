import { randomUUID } from "node:crypto";
import { describe } from "vitest";
import { createDueList, type DueList } from "../src/due-list.ts";
import { endOf, fifty, type KvUnderTest, type StoreTest } from "./support/kv-under-test.ts";

const LEASE_SECONDS = 30;
const OVERDUE_SECONDS = 1000;

function createList({ kv, clock }: KvUnderTest): DueList<string> {
  return createDueList({
    kv,
    clock,
    index: "due",
    leaseSeconds: LEASE_SECONDS,
    overdueSeconds: OVERDUE_SECONDS,
    codec: {
      encode: async (_name, value) => JSON.stringify({ value, nonce: randomUUID() }),
      decode: async (_name, text) =>
        text.startsWith("{") ? (JSON.parse(text) as { value: string }).value : undefined,
    },
  });
}

/** What `createDueList` keeps over every store. */
export function dueListContract(it: StoreTest): void {
  describe("createDueList", () => {
    it("names what is due, the longest due first, at most as many as asked for", async ({
      store,
      expect,
    }) => {
      const list = createList(store);
      const now = store.clock();
      await list.add("later", "v", { dueAt: now + 100 });
      await list.add("second", "v", { dueAt: now - 10 });
      await list.add("first", "v", { dueAt: now - 20 });
      await list.add("third", "v", { dueAt: now - 5 });
      expect(await list.due(10)).toEqual(["first", "second", "third"]);
      expect(await list.due(2)).toEqual(["first", "second"]);
    });

    it("leases a due entry to exactly one of 50 concurrent callers", async ({ store, expect }) => {
      const list = createList(store);
      await list.add("job", "the value", { dueAt: store.clock() });
      const leases = await fifty(() => list.lease("job"));
      expect(leases.filter((entry) => entry !== undefined)).toMatchObject([
        { name: "job", value: "the value" },
      ]);
      expect(await list.due(10)).toEqual([]);
      const dueAgain = (await endOf(store.kv, "job")) - OVERDUE_SECONDS;
      expect(dueAgain).toBeGreaterThanOrEqual(store.clock() + LEASE_SECONDS - 1);
      expect(dueAgain).toBeLessThanOrEqual(store.clock() + LEASE_SECONDS);
    });

    it("leases neither what is absent nor what is not due yet", async ({ store, expect }) => {
      const list = createList(store);
      expect(await list.lease("absent")).toBeUndefined();
      await list.add("later", "v", { dueAt: store.clock() + 10 });
      expect(await list.lease("later")).toBeUndefined();
    });

    it("puts off an entry that cannot be decoded, so that it does not block the others", async ({
      store,
      expect,
    }) => {
      const list = createList(store);
      await store.kv.set("damaged", "no JSON", { ttlSeconds: OVERDUE_SECONDS, indexes: ["due"] });
      expect(await list.due(10)).toEqual(["damaged"]);
      expect(await list.lease("damaged")).toBeUndefined();
      expect(await list.due(10)).toEqual([]);
      expect((await store.kv.get("damaged"))?.value).toBe("no JSON");
    });

    it("replaces an entry of the same name that is added again", async ({ store, expect }) => {
      const list = createList(store);
      await list.add("job", "old", { dueAt: store.clock() + 100 });
      await list.add("job", "new", { dueAt: store.clock() });
      expect(await list.due(10)).toEqual(["job"]);
      expect((await list.lease("job"))?.value).toBe("new");
    });

    it("puts an entry into further indexes, whose deletion removes it", async ({
      store,
      expect,
    }) => {
      const list = createList(store);
      await list.add("job", "v", { dueAt: store.clock(), indexes: ["owner"] });
      await store.kv.deleteMembers("owner");
      expect(await list.due(10)).toEqual([]);
    });

    it("reschedules a leased entry, unless it was changed since", async ({ store, expect }) => {
      const list = createList(store);
      await list.add("job", "v", { dueAt: store.clock() });
      const entry = (await list.lease("job"))!;
      expect(await list.reschedule(entry, { dueAt: store.clock() - 5 })).toBe(true);
      expect(await list.due(10)).toEqual(["job"]);
      expect(await list.reschedule(entry, { dueAt: store.clock() + 500 })).toBe(false);
      expect(await list.due(10)).toEqual(["job"]);
    });

    it("removes an entry, also only if it has the value in question", async ({ store, expect }) => {
      const list = createList(store);
      await list.add("job", "newer", { dueAt: store.clock() });
      expect(await list.remove("job", (value) => value === "older")).toBe(false);
      expect(await list.due(10)).toEqual(["job"]);
      expect(await list.remove("job", (value) => value === "newer")).toBe(true);
      expect(await list.due(10)).toEqual([]);
      expect(await list.remove("job")).toBe(false);
    });

    it("keeps an entry until it has been due for as long as it may be", async ({
      store,
      expect,
    }) => {
      const list = createList(store);
      await list.add("job", "v", { dueAt: store.clock() + 100 });
      const left = (await endOf(store.kv, "job")) - (await store.now());
      expect(left).toBeGreaterThanOrEqual(100 + OVERDUE_SECONDS - 1);
      expect(left).toBeLessThanOrEqual(100 + OVERDUE_SECONDS);
      await list.add("job", "v", { dueAt: store.clock() - OVERDUE_SECONDS - 5 });
      await store.advanceTo((await store.now()) + 1);
      expect(await store.kv.get("job")).toBeUndefined();
    });
  });
}
