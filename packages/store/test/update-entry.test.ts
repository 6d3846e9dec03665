import { UnavailableError } from "@taiga-mcp/service";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Kv } from "../src/kv.ts";
import { createSqliteKv } from "../src/sqlite.ts";
import { updateEntry } from "../src/update-entry.ts";
import { createFakeClock } from "./support/fake-clock.ts";

function createStore(): Kv {
  const kv = createSqliteKv({ file: ":memory:", clock: createFakeClock().clock });
  onTestFinished(() => kv.close());
  return kv;
}

describe("updateEntry", () => {
  it("gives up with an UnavailableError when another caller is always faster", async () => {
    const kv = createStore();
    let calls = 0;
    const updating = updateEntry(kv, "k", async () => {
      calls += 1;
      await kv.set("k", `other ${calls}`, { ttlSeconds: 100 });
      return { value: "ours", ttlSeconds: 100, result: undefined };
    });
    await expect(updating).rejects.toThrow(UnavailableError);
    expect(calls).toBe(32);
    expect((await kv.get("k"))?.value).toBe("other 32");
  });

  it("does not try again when the store's answer is lost: the write may have taken effect", async () => {
    const kv = createStore();
    await kv.set("count", "1", { ttlSeconds: 100 });
    let calls = 0;
    const lossy: Kv = {
      ...kv,
      compareAndSet: async (...args) => {
        await kv.compareAndSet(...args);
        throw new UnavailableError("The store does not answer.");
      },
    };
    const updating = updateEntry(lossy, "count", (entry) => {
      calls += 1;
      return { value: String(Number(entry?.value) + 1), result: undefined };
    });
    await expect(updating).rejects.toThrow(UnavailableError);
    expect(calls).toBe(1);
    expect((await kv.get("count"))?.value).toBe("2");
  });

  it("refuses to create an entry without an end", async () => {
    const updating = updateEntry(createStore(), "k", () => ({ value: "v", result: undefined }));
    await expect(updating).rejects.toThrow(TypeError);
  });
});
