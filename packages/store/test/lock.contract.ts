import { setTimeout as sleep } from "node:timers/promises";
import { describe } from "vitest";
import { LockTakenError, withLock } from "../src/lock.ts";
import { endOf, fifty, type StoreTest } from "./support/kv-under-test.ts";

/** What `withLock` keeps over every store. */
export function lockContract(it: StoreTest): void {
  describe("withLock", () => {
    it("lets one of 50 concurrent callers in, and tells the others", async ({
      store: { kv },
      expect,
    }) => {
      let release = (): void => undefined;
      const held = new Promise<void>((resolve) => (release = resolve));
      let others = 0;
      const outcomes = await fifty(async (caller) => {
        try {
          return await withLock({ kv }, "lock", { ttlSeconds: 100 }, async () => {
            await held;
            return caller;
          });
        } catch (error) {
          if (!(error instanceof LockTakenError)) throw error;
          others += 1;
          if (others === 49) release();
          return undefined;
        }
      });
      expect(outcomes.filter((caller) => caller !== undefined)).toHaveLength(1);
    });

    it("lets all of five in, one after the other, when they wait", async ({
      store: { kv },
      expect,
    }) => {
      let inside = 0;
      let most = 0;
      const work = async (): Promise<void> => {
        inside += 1;
        most = Math.max(most, inside);
        await sleep(1);
        inside -= 1;
      };
      const options = { ttlSeconds: 100, waitMs: 10_000, pollMs: 5 };
      await Promise.all(Array.from({ length: 5 }, () => withLock({ kv }, "lock", options, work)));
      expect(most).toBe(1);
    });

    it("gives the lock back, also after a failure of the work", async ({
      store: { kv },
      expect,
    }) => {
      await withLock({ kv }, "lock", { ttlSeconds: 100 }, async () => undefined);
      expect(await kv.get("lock")).toBeUndefined();
      const failing = withLock({ kv }, "lock", { ttlSeconds: 100 }, () =>
        Promise.reject(new Error("work failed")),
      );
      await expect(failing).rejects.toThrow("work failed");
      expect(await kv.get("lock")).toBeUndefined();
    });

    it("is free again when a holder died and its time is over", async ({ store, expect }) => {
      const { kv } = store;
      await kv.setIfAbsent("lock", "a holder that died", { ttlSeconds: 1 });
      await store.advanceTo(await endOf(kv, "lock"));
      expect(await withLock({ kv }, "lock", { ttlSeconds: 100 }, async () => "done")).toBe("done");
    });

    it("leaves the lock of the next holder alone when its own has ended", async ({
      store: { kv },
      expect,
    }) => {
      await withLock({ kv }, "lock", { ttlSeconds: 100 }, async () => {
        await kv.set("lock", "the next holder", { ttlSeconds: 100 });
      });
      expect((await kv.get("lock"))?.value).toBe("the next holder");
    });

    it("extends a lock that is held, and not that of another holder", async ({ store, expect }) => {
      const { kv } = store;
      const working = withLock({ kv }, "lock", { ttlSeconds: 100 }, async ({ extend }) => {
        const before = await endOf(kv, "lock");
        await store.advanceTo((await store.now()) + 1);
        await extend();
        expect(await endOf(kv, "lock")).toBeGreaterThan(before);
        await kv.set("lock", "the next holder", { ttlSeconds: 1000 });
        await extend();
      });
      await expect(working).rejects.toThrow(LockTakenError);
      expect((await kv.get("lock"))?.value).toBe("the next holder");
    });
  });
}
