/** The store that calls need, shared by all replicas: text under a key, each with an expiry. */
export interface CallStore {
  get(key: string): Promise<{ value: string } | undefined>;

  /** Writes only if the key is absent. Of concurrent callers, exactly one gets true. */
  setIfAbsent(key: string, value: string, options: { ttlSeconds: number }): Promise<boolean>;

  /** Replaces the value and its expiry only if it equals `expected`. */
  compareAndSet(
    key: string,
    expected: string,
    value: string,
    options: { ttlSeconds: number },
  ): Promise<boolean>;

  /** Deletes the value only if it equals `expected`. */
  compareAndDelete(key: string, expected: string): Promise<boolean>;
}
