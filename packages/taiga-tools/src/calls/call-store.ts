/** What calls leave in a store that all replicas share: text under a key, each with an end. */
export interface CallStore {
  get(key: string): Promise<{ value: string } | undefined>;

  /** Writes only where nothing is. True for exactly one of any number of concurrent callers. */
  setIfAbsent(key: string, value: string, options: { ttlSeconds: number }): Promise<boolean>;

  /** Writes only over exactly `expected`, with a new end. */
  compareAndSet(
    key: string,
    expected: string,
    value: string,
    options: { ttlSeconds: number },
  ): Promise<boolean>;

  /** Deletes only exactly `expected`. */
  compareAndDelete(key: string, expected: string): Promise<boolean>;
}
