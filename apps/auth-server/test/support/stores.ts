import { systemClock, UnavailableError } from "@taiga-mcp/service";
import { createSqliteKv, type Kv } from "@taiga-mcp/store";

/** A store that a test can take down, inspect and slow down. */
export interface TestKv extends Kv {
  isDown: boolean;
  /** Fails calls whose method and first argument match; in addition to `isDown`. */
  failsOn: ((method: string, key: string) => boolean) | undefined;
  /** All written keys and values. */
  written: Map<string, string>;
  /** Runs before each call. */
  before: ((method: string, key: string) => Promise<void>) | undefined;
}

export function createTestKv(
  kv: Kv = createSqliteKv({ file: ":memory:", clock: systemClock }),
): TestKv {
  const control = { isDown: false, failsOn: undefined, before: undefined } as Pick<
    TestKv,
    "isDown" | "failsOn" | "before"
  >;
  const written = new Map<string, string>();
  const WRITES = ["set", "setIfAbsent", "replace"];
  async function* scan(target: TestKv, prefix: string): AsyncIterable<string> {
    for await (const key of kv.scan(prefix)) {
      if (target.isDown) throw new UnavailableError("The store does not answer.");
      yield key;
    }
  }
  return new Proxy({ ...control, written } as TestKv, {
    get(target, name: string) {
      if (name in target) return Reflect.get(target, name) as unknown;
      if (name === "scan") return (prefix: string) => scan(target, prefix);
      return async (...args: unknown[]) => {
        const key = String(args[0]);
        await target.before?.(name, key);
        if (target.isDown || target.failsOn?.(name, key) === true) {
          throw new UnavailableError("The store does not answer.");
        }
        if (WRITES.includes(name)) written.set(key, String(args[1]));
        if (name === "compareAndSet") written.set(key, String(args[2]));
        return (Reflect.get(kv, name) as (...all: unknown[]) => Promise<unknown>)(...args);
      };
    },
  });
}
