import { hkdfSync } from "node:crypto";

/**
 * Derives a key for one purpose from a root or master key, the same on every replica (HKDF-SHA-256,
 * RFC 5869).
 *
 * @param secret 32 random bytes; HKDF needs no salt for a uniformly random key (RFC 5869 §3.1).
 */
export const deriveKey = (secret: Uint8Array, purpose: string, lengthBytes: number): Uint8Array =>
  new Uint8Array(hkdfSync("sha256", secret, "", `taiga-mcp/auth-server/${purpose}`, lengthBytes));
