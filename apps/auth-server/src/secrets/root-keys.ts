/** A key from which all other keys are derived. */
export interface RootKey {
  /** Identifies the key in sealed records; not secret. */
  id: string;
  /** 32 random bytes. */
  secret: Uint8Array;
  /** Epoch seconds. */
  createdAt: number;
  /** When it starts to seal and sign, epoch seconds; before that it only opens and verifies. */
  activeFrom: number;
}

/** The current root keys. Users must derive their keys at each use, because root keys change. */
export interface RootKeys {
  /**
   * In the order of their use: the first seals and signs, all of them open and verify.
   * @throws {UnavailableError} when they have not been read yet.
   */
  current(): readonly [RootKey, ...RootKey[]];
  /** Whether they were read recently enough that no key in use can be missing. */
  isFresh(): boolean;
  /**
   * Reads them from the store.
   * @throws {UnavailableError} when they cannot be read.
   */
  refresh(): Promise<void>;
}

/** Derives a key for one purpose from root keys; caches the result for each root key. */
export function deriveOnce<Derived>(
  derive: (secret: Uint8Array) => Derived,
): (rootKey: RootKey) => Derived {
  const known = new WeakMap<RootKey, Derived>();
  return (rootKey) => {
    const derived = known.get(rootKey) ?? derive(rootKey.secret);
    known.set(rootKey, derived);
    return derived;
  };
}
