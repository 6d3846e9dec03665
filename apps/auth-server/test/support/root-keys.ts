import type { RootKey, RootKeys } from "../../src/secrets/root-keys.ts";

/** A root key made of one repeated byte, so that tests can tell keys apart. */
export const toRootKey = (byte: number, changes: Partial<RootKey> = {}): RootKey => ({
  id: `key-${byte}`,
  secret: new Uint8Array(32).fill(byte),
  createdAt: 0,
  activeFrom: 0,
  ...changes,
});

/** Root keys that never change. */
export const createRootKeys = (...bytes: [number, ...number[]]): RootKeys => {
  const [newest, ...older] = bytes;
  const keys = [toRootKey(newest), ...older.map((byte) => toRootKey(byte))] as const;
  return { current: () => keys, isFresh: () => true, refresh: async () => {} };
};
