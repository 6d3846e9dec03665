/** What all other keys are derived from. */
export interface RootKey {
  /** Names it in what it has sealed; no secret. */
  id: string;
  /** 32 random bytes. */
  secret: Uint8Array;
  /** Epoch seconds. */
  createdAt: number;
  /** When it begins to seal and sign, epoch seconds; before that it only opens and verifies. */
  activeFrom: number;
}

/** The root keys as they are now, for whoever derives keys from them at each use. */
export interface RootKeys {
  /**
   * In the order of their use: the first seals and signs, all of them open and verify.
   * @throws {UnavailableError} when they were never read.
   */
  current(): readonly [RootKey, ...RootKey[]];
  /** Whether they were read so lately that no key in use can be missing. */
  isFresh(): boolean;
  /**
   * Reads them again.
   * @throws {UnavailableError} when they cannot be read.
   */
  refresh(): Promise<void>;
}

/** Derives a key of one purpose from root keys, once from each. */
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
