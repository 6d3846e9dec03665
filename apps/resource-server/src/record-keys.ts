import type { RecordKey, RecordKeys } from "@taiga-mcp/store";
import { hkdfSync } from "node:crypto";

/**
 * The key that authenticates this service's records, the same on all replicas. Another client secret
 * is another key: earlier records, at most a day old, are refused then.
 */
export function createRecordKeys(clientSecret: string): RecordKeys {
  const derived = (purpose: string, length: number): Buffer =>
    Buffer.from(hkdfSync("sha256", clientSecret, "", `taiga-mcp ${purpose}`, length));
  const key: RecordKey = {
    id: derived("record key id", 6).toString("base64url"),
    secret: derived("records", 32),
  };
  return {
    current: async () => [key],
    find: async (id) => (id === key.id ? key : undefined),
  };
}
