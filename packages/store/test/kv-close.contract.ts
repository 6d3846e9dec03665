import { UnavailableError } from "@taiga-mcp/service";
import { describe } from "vitest";
import type { StoreTest } from "./support/kv-under-test.ts";

/** What `ping` and `close` keep. */
export function closeContract(it: StoreTest): void {
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
}
