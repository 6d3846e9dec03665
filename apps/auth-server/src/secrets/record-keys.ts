import type { RecordKey, RecordKeys } from "@taiga-mcp/store";
import { deriveKey } from "./derive-key.ts";
import { deriveOnce, type RootKey, type RootKeys } from "./root-keys.ts";

/** The keys that authenticate records, one of each root key. */
export function createRecordKeys(rootKeys: RootKeys): RecordKeys {
  const toSecret = deriveOnce((secret) => deriveKey(secret, "records", 32));
  const toRecordKey = (rootKey: RootKey): RecordKey => ({
    id: rootKey.id,
    secret: toSecret(rootKey),
  });
  const find = (id: string): RecordKey | undefined => {
    const rootKey = rootKeys.current().find((key) => key.id === id);
    return rootKey && toRecordKey(rootKey);
  };
  return {
    current: async () => {
      // As for sealing: a process that was suspended for hours may know only retired keys.
      if (!rootKeys.isFresh()) await rootKeys.refresh().catch(() => undefined);
      const [newest, ...others] = rootKeys.current();
      return [toRecordKey(newest), ...others.map(toRecordKey)];
    },
    find: async (id) => {
      const known = find(id);
      if (known !== undefined) return known;
      await rootKeys.refresh();
      return find(id);
    },
  };
}
