import type { Clock } from "@taiga-mcp/service";
import type { Kv } from "./kv.ts";
import { updateEntry } from "./update-entry.ts";

/** How a value lies in the store. */
export interface DueCodec<Value> {
  /** Must return another text at each call with another `dueAt`: exactly one lease wins by that. */
  encode(name: string, value: Value, dueAt: number): Promise<string>;
  /** @returns `undefined` when the text cannot be read. */
  decode(name: string, text: string): Promise<Value | undefined>;
}

export interface DueListDeps<Value> {
  kv: Pick<
    Kv,
    | "get"
    | "set"
    | "setIfAbsent"
    | "compareAndSet"
    | "compareAndDelete"
    | "delete"
    | "touch"
    | "firstToEnd"
  >;
  clock: Clock;
  /** The index that holds the names of all entries. */
  index: string;
  /** How long a lease lasts: longer than the work on an entry takes. */
  leaseSeconds: number;
  /** How long after it is due an entry ends, whether it was worked on or not. */
  overdueSeconds: number;
  codec: DueCodec<Value>;
}

/** An entry that this caller has leased. */
export interface LeasedEntry<Value> {
  name: string;
  value: Value;
  /** The stored text, for writing only over exactly this. */
  text: string;
}

/**
 * Work to be done at a time, in the store: it survives restarts, and all replicas share it. An
 * entry ends a fixed time after it is due, so those that end first are those that are due first.
 *
 * @throws {UnavailableError} from every method when the store does not answer.
 */
export interface DueList<Value> {
  /**
   * Adds an entry, in place of one with the same name.
   * @param options.dueAt epoch seconds.
   * @param options.indexes further indexes, such as that of an owner with whom the entry goes.
   */
  add(
    name: string,
    value: Value,
    options: { dueAt: number; indexes?: readonly string[] },
  ): Promise<void>;
  /** Names of the entries that are due, the longest due first. */
  due(limit: number): Promise<string[]>;
  /**
   * Takes a due entry. Exactly one of any number of concurrent callers gets it; unless it is
   * removed or rescheduled, it is due again after `leaseSeconds`.
   * @returns `undefined` when another caller has it, it is not due, gone, or cannot be decoded.
   */
  lease(name: string): Promise<LeasedEntry<Value> | undefined>;
  /**
   * Sets a new time for a leased entry and encodes it anew.
   * @returns false when it was changed since the lease; it stays as it is then.
   */
  reschedule(entry: LeasedEntry<Value>, options: { dueAt: number }): Promise<boolean>;
  /**
   * @param matches which value to remove; left out, any.
   * @returns whether an entry was removed.
   */
  remove(name: string, matches?: (value: Value) => boolean): Promise<boolean>;
}

export function createDueList<Value>(deps: DueListDeps<Value>): DueList<Value> {
  const { kv, clock, index, leaseSeconds, overdueSeconds, codec } = deps;
  const toTtl = (dueAt: number): number => Math.max(1, dueAt - clock() + overdueSeconds);

  /** @returns the new text, `undefined` when the entry was changed meanwhile. */
  async function move(
    { name, value, text }: LeasedEntry<Value>,
    dueAt: number,
  ): Promise<string | undefined> {
    const moved = await codec.encode(name, value, dueAt);
    const isMoved = await kv.compareAndSet(name, text, moved, { ttlSeconds: toTtl(dueAt) });
    return isMoved ? moved : undefined;
  }

  return {
    add: async (name, value, { dueAt, indexes = [] }) => {
      const text = await codec.encode(name, value, dueAt);
      await kv.set(name, text, { ttlSeconds: toTtl(dueAt), indexes: [index, ...indexes] });
    },

    due: (limit) => kv.firstToEnd(index, { withinSeconds: overdueSeconds, limit }),

    lease: async (name) => {
      const entry = await kv.get(name);
      // The list of names may be a while old: another replica may have done the work.
      if (entry === undefined || entry.expiresAt > clock() + overdueSeconds) return undefined;
      const value = await codec.decode(name, entry.value);
      if (value === undefined) {
        // Out of the way of the entries behind it.
        await kv.touch(name, { ttlSeconds: leaseSeconds + overdueSeconds });
        return undefined;
      }
      const text = await move({ name, value, text: entry.value }, clock() + leaseSeconds);
      return text === undefined ? undefined : { name, value, text };
    },

    reschedule: async (entry, { dueAt }) => (await move(entry, dueAt)) !== undefined,

    remove: async (name, matches) => {
      if (matches === undefined) return kv.delete(name);
      return updateEntry(kv, name, async (entry) => {
        const value = entry && (await codec.decode(name, entry.value));
        const isMeant = value !== undefined && matches(value);
        return isMeant ? { value: null, result: true } : { result: false };
      });
    },
  };
}
