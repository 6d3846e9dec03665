import { deriveKey } from "../secrets/derive-key.ts";

/**
 * The bearer token of the operator's program for the private listener. The master key gives full
 * control of the installation anyway, so the token is derived from it instead of being a new secret.
 *
 * @param masterKey 32 random bytes.
 * @returns 32 bytes as base64url, which reveal nothing about the master key.
 */
export const toAdminToken = (masterKey: Uint8Array): string =>
  Buffer.from(deriveKey(masterKey, "admin", 32)).toString("base64url");
