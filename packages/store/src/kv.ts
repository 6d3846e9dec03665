/**
 * How a store may lose entries before their end:
 *
 * - `forgets`: a restart loses minutes or everything, because writes are not all on disk.
 * - `evicts`: it deletes entries when memory runs short.
 */
export const STORE_WEAKNESSES = ["forgets", "evicts"] as const;
export type StoreWeakness = (typeof STORE_WEAKNESSES)[number];

/** What a store says about itself. */
export interface StoreCondition {
  /** How it is set up to lose entries; empty when it keeps them all. */
  weaknesses: readonly StoreWeakness[];
  /** Weaknesses that it neither has nor lacks by its own account, as hosted servers hide them. */
  unknown: readonly StoreWeakness[];
}

/** A stored value and when it ends. */
export interface Entry {
  value: string;
  /** Epoch seconds. */
  expiresAt: number;
}

export interface SetOptions {
  ttlSeconds: number;
  /**
   * Indexes that get the key, in the same atomic step. The membership ends with the entry; an index
   * lives as long as its longest-lived member.
   */
  indexes?: readonly string[];
}

/**
 * A key-value store: text values that all expire, and sets of keys ("indexes"). Callers seal secret
 * values and hash secret keys; the store does not interpret them.
 *
 * An expired entry counts as absent everywhere, from the very second of its end.
 * Every method is atomic with respect to every other, over all processes that share the store.
 *
 * @throws {UnavailableError} from every method when the store does not answer in time; whether the
 *   call took effect is then unknown.
 * @throws {RangeError} when `ttlSeconds` is not a whole number of at least 1.
 */
export interface Kv {
  get(key: string): Promise<Entry | undefined>;

  /** Writes, whether the key is there or not. */
  set(key: string, value: string, options: SetOptions): Promise<void>;

  /** Writes only an absent entry. True for exactly one of any number of concurrent callers. */
  setIfAbsent(key: string, value: string, options: { ttlSeconds: number }): Promise<boolean>;

  /**
   * Writes a new value over an existing one and keeps its end, unless `ttlSeconds` gives a new
   * one. Never brings back what was deleted meanwhile.
   * @returns whether the key was there.
   */
  replace(key: string, value: string, options?: { ttlSeconds?: number }): Promise<boolean>;

  /**
   * Writes only over exactly `expected`, and keeps the end unless `ttlSeconds` gives a new one.
   * Callers that write the value they expect may all succeed: where one must win, write another.
   */
  compareAndSet(
    key: string,
    expected: string,
    value: string,
    options?: { ttlSeconds?: number },
  ): Promise<boolean>;

  /**
   * Moves the end of an existing entry, and of the indexes it is said to be in, to `ttlSeconds`
   * from now, never nearer than it is. Never brings back what was deleted meanwhile.
   * @returns whether the key was there.
   */
  touch(key: string, options: SetOptions): Promise<boolean>;

  /** @returns whether the key was there. */
  delete(key: string): Promise<boolean>;

  /** Deletes only exactly `expected`: how a lock is given back. */
  compareAndDelete(key: string, expected: string): Promise<boolean>;

  /** The keys of an index, in no order; some of them may have ended or been deleted since. */
  members(index: string): Promise<string[]>;

  /**
   * The keys of an index that end within `withinSeconds` from now, the soonest first, at most
   * `limit`. Entries that end a fixed time after they are due make a queue out of it.
   */
  firstToEnd(index: string, options: { withinSeconds: number; limit: number }): Promise<string[]>;

  /** Deletes an index and every key in it. */
  deleteMembers(index: string): Promise<void>;

  /**
   * The keys that begin with `prefix`, in no order, read a page at a time so that many of them block
   * nothing. Names every key that exists for the whole scan, perhaps twice, and some of those that
   * are added or deleted meanwhile.
   */
  scan(prefix: string): AsyncIterable<string>;

  /** Resolves when the store answers. */
  ping(): Promise<void>;

  /**
   * The time by which entries end, in epoch milliseconds; `undefined` for a store that uses the
   * clock of its process.
   */
  time(): Promise<number | undefined>;

  /**
   * How the store keeps entries, by its own account. Also answers for a store that is refused for
   * it, so that an operator can see why.
   */
  inspect(): Promise<StoreCondition>;

  close(): Promise<void>;
}
