import { createSqliteKv, type Kv, withLock } from "@taiga-mcp/store";
import { describe, expect, it } from "vitest";
import { createWriteLocks, type LockWrites, type SharedLock } from "../../src/calls/write-locks.ts";

const KEY = "story 101";
const signal = new AbortController().signal;

function createReplicas(kv: Pick<Kv, "setIfAbsent" | "compareAndSet" | "compareAndDelete">) {
  const lock: SharedLock = (key, options, work) => withLock({ kv }, key, options, work);
  const replica = (waitMs?: number): LockWrites => createWriteLocks(lock, waitMs).for({ signal });
  return { replica };
}

const clock = { now: 1_000 };
const createStore = () => createSqliteKv({ file: ":memory:", clock: () => clock.now });

/** Takes a turn and keeps it until `release`. */
function hold(locks: LockWrites) {
  const release = Promise.withResolvers<void>();
  const started = Promise.withResolvers<void>();
  const done = locks(KEY, "#1", async () => {
    started.resolve();
    await release.promise;
  });
  return { started: started.promise, release: release.resolve, done };
}

describe("write locks", () => {
  // @rule TAIGA-20
  it.each(["one process", "two replicas"])("one call at a time works in %s", async (where) => {
    const { replica } = createReplicas(createStore());
    const one = replica();
    const other = where === "one process" ? one : replica();
    const first = hold(one);
    await first.started;
    const order: string[] = [];
    const second = other(KEY, "#1", async ({ waited }) => void order.push(`second ${waited}`));
    await one("story 102", "#2", async ({ waited }) => void order.push(`another item ${waited}`));
    order.push("first done");
    first.release();
    await Promise.all([first.done, second]);
    expect(order).toEqual(["another item false", "first done", "second true"]);
  });

  it("a failure does not hold up the next call", async () => {
    const locks = createReplicas(createStore()).replica();
    const failed = locks(KEY, "#1", async () => {
      throw new Error("broken");
    });
    await expect(failed).rejects.toThrow("broken");
    await expect(locks(KEY, "#1", async () => "next")).resolves.toBe("next");
  });

  // @rule TAIGA-20
  it.each(["one process", "two replicas"])(
    "says that others are writing when the turn does not come in time, in %s",
    async (where) => {
      const { replica } = createReplicas(createStore());
      const one = replica(20);
      const other = where === "one process" ? one : replica(20);
      const first = hold(one);
      await first.started;
      const second = other(KEY, "#1", async () => "written");
      await expect(second).rejects.toMatchObject({
        code: "busy",
        message: expect.stringMatching(/writing #1 .*Nothing of it was written.*again/),
      });
      first.release();
      await first.done;
      await expect(other(KEY, "#1", async () => "written")).resolves.toBe("written");
    },
  );

  // @rule TAIGA-20
  it("the lock of a replica that was killed ends by itself", async () => {
    const kv = createStore();
    // A killed process deletes nothing.
    const killed = createReplicas({
      ...kv,
      setIfAbsent: kv.setIfAbsent.bind(kv),
      compareAndSet: kv.compareAndSet.bind(kv),
      compareAndDelete: async () => false,
    });
    await killed.replica()(KEY, "#1", async () => undefined);
    const survivor = createReplicas(kv).replica(20);
    await expect(survivor(KEY, "#1", async () => "written")).rejects.toMatchObject({
      code: "busy",
    });
    clock.now += 31;
    await expect(survivor(KEY, "#1", async () => "written")).resolves.toBe("written");
  });

  // @rule TAIGA-20
  it("nothing is written while the store does not answer", async () => {
    const down = async () => {
      throw Object.assign(new Error("The store does not answer."), {
        code: "temporarily_unavailable",
      });
    };
    const locks = createReplicas({
      setIfAbsent: down,
      compareAndSet: down,
      compareAndDelete: down,
    }).replica();
    let isWritten = false;
    const write = locks(KEY, "#1", async () => void (isWritten = true));
    await expect(write).rejects.toMatchObject({ code: "temporarily_unavailable" });
    expect(isWritten).toBe(false);
  });

  it("a call that its client gives up leaves the queue", async () => {
    const locks = createWriteLocks(undefined);
    const first = hold(locks.for({ signal }));
    await first.started;
    const abandoned = new AbortController();
    const second = locks.for({ signal: abandoned.signal })(KEY, "#1", async () => "written");
    abandoned.abort();
    await expect(second).rejects.toMatchObject({ code: "aborted" });
    first.release();
    await first.done;
    await expect(locks.for({ signal })(KEY, "#1", async () => "third")).resolves.toBe("third");
  });
});
