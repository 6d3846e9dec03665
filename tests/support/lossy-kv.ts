import { UnavailableError } from "../../packages/service/src/index.ts";
import type { Kv } from "../../packages/store/src/index.ts";

/** The ways in which a store can lose a write. */
export const LOSSES = {
  /** The write fails once; nothing is written. */
  refused: { isPerformed: false, staysDown: false },
  /** The write is done, but the caller gets an error. */
  unanswered: { isPerformed: true, staysDown: false },
  /** The store dies before the write. */
  "killed before": { isPerformed: false, staysDown: true },
  /** The store dies after the write, before it answers. */
  "killed after": { isPerformed: true, staysDown: true },
} as const;

export type Loss = keyof typeof LOSSES;

/** A store that loses one chosen write and records every key and index name it was given. */
export interface LossyKv extends Kv {
  /** Arms the loss of the nth write from now on, counted from 1. */
  lose(nth: number, loss: Loss): void;
  /** Brings the store up again; it loses no further write. */
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

/** Written beside a request, whose answer does not depend on it: when it comes is not sure. */
const IN_BACKGROUND = "use:";

/** Wraps a store so that a test can choose the write that it loses. */
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
    const isCounted = WRITES.has(name) && !first?.startsWith(IN_BACKGROUND);
    if (armed === undefined || !isCounted || (left -= 1) > 0) return perform();
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
