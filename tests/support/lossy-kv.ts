import { UnavailableError } from "../../packages/service/src/index.ts";
import type { Kv } from "../../packages/store/src/index.ts";

/** What a store can do to a write. */
export const LOSSES = {
  /** It fails this once, and nothing was written. */
  refused: { isPerformed: false, staysDown: false },
  /** It is written, and nobody hears of it. */
  unanswered: { isPerformed: true, staysDown: false },
  /** The store dies before it. */
  "killed before": { isPerformed: false, staysDown: true },
  /** The store dies after it, with the answer. */
  "killed after": { isPerformed: true, staysDown: true },
} as const;

export type Loss = keyof typeof LOSSES;

/** A store that loses one chosen write, and knows all names that it was ever given. */
export interface LossyKv extends Kv {
  /** Arms the loss of the nth write from now on, counted from 1. */
  lose(nth: number, loss: Loss): void;
  /** The store is up again, and nothing more is lost. */
  recover(): void;
  /** The write that was lost since `lose`, such as `set grant:`. */
  readonly lost: string | undefined;
  readonly keys: ReadonlySet<string>;
  readonly indexes: ReadonlySet<string>;
}

const WRITES: ReadonlySet<string> = new Set<keyof Kv>([
  "set",
  "setIfAbsent",
  "replace",
  "compareAndSet",
  "touch",
  "delete",
  "compareAndDelete",
  "deleteMembers",
]);
const OF_INDEX: ReadonlySet<string> = new Set<keyof Kv>(["members", "firstToEnd", "deleteMembers"]);

/** Puts a store behind a line that breaks where the test wants it to. */
export function createLossyKv(kv: Kv): LossyKv {
  const keys = new Set<string>();
  const indexes = new Set<string>();
  let left = 0;
  let armed: Loss | undefined;
  let isDown = false;
  let lost: string | undefined;

  async function call(name: keyof Kv, args: unknown[]): Promise<unknown> {
    const [first] = args as [string];
    const perform = () => (kv[name] as (...all: unknown[]) => Promise<unknown>)(...args);
    if (first !== undefined) (OF_INDEX.has(name) ? indexes : keys).add(first);
    const { indexes: entered = [] } = (args.at(-1) ?? {}) as { indexes?: readonly string[] };
    for (const index of entered) indexes.add(index);
    if (isDown) throw gone();
    if (armed === undefined || !WRITES.has(name) || (left -= 1) > 0) return perform();
    const { isPerformed, staysDown } = LOSSES[armed];
    armed = undefined;
    isDown = staysDown;
    lost = `${name} ${/^[^:]*:/.exec(first)?.[0]}`;
    if (isPerformed) await perform();
    throw gone();
  }

  const control = {
    keys,
    indexes,
    lose: (nth: number, loss: Loss) => {
      left = nth;
      armed = loss;
      lost = undefined;
    },
    recover: () => {
      armed = undefined;
      isDown = false;
    },
  };
  return new Proxy(control as unknown as LossyKv, {
    get: (_target, name: string) => {
      if (name === "lost") return lost;
      if (name in control) return control[name as keyof typeof control];
      return (...args: unknown[]) => call(name as keyof Kv, args);
    },
  });
}

const gone = (): UnavailableError => new UnavailableError("The store does not answer.");
