import { deriveKey } from "../secrets/derive-key.ts";

/**
 * What the operator's program shows to the private listener: whoever holds the master key may do
 * with the installation what they like, so there is no further secret to hand out.
 *
 * @param masterKey 32 random bytes.
 * @returns 32 bytes as base64url; they reveal nothing of the master key.
 */
export const toAdminToken = (masterKey: Uint8Array): string =>
  Buffer.from(deriveKey(masterKey, "admin", 32)).toString("base64url");
