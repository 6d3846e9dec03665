import { CodedError } from "@taiga-mcp/service";
import { CompactEncrypt, compactDecrypt, decodeProtectedHeader } from "jose";
import { deriveKey } from "./derive-key.ts";

/** Keeps secrets unreadable in the store, and bound to the place they were written to. */
export interface Sealer {
  /** @param keyName the storage key the text will be kept under. */
  seal(keyName: string, text: string): Promise<string>;
  /**
   * @param keyName the storage key the sealed text was read from.
   * @throws {SealError} when it was sealed by an unknown master key, for another storage key, or
   *   changed since.
   */
  open(keyName: string, sealed: string): Promise<string>;
  /** Whether the newest master key sealed it. What it did not should be sealed again when read. */
  isCurrent(sealed: string): boolean;
}

/** A sealed record cannot be opened: the master key was replaced, or the record was tampered with. */
export class SealError extends CodedError<"seal_broken"> {
  constructor(message: string, options?: ErrorOptions) {
    super("seal_broken", message, options);
  }
}

/**
 * Seals with AES-256-GCM as a compact JWE (`dir`, `A256GCM`; RFC 7516). The header names the key
 * (`kid`), so that records sealed before a rotation still open, and the storage key (`at`), which
 * GCM authenticates with the rest: a record copied elsewhere in the store does not open there.
 *
 * @param masterKeys 32 bytes each, newest first; the newest seals, all of them open.
 * @param purpose separates the keys of different uses, so that one never opens another's records.
 */
export function createSealer(masterKeys: readonly Uint8Array[], purpose: string): Sealer {
  const keys = new Map(
    masterKeys.map((masterKey) => [
      Buffer.from(deriveKey(masterKey, `seal/${purpose}/kid`, 9)).toString("base64url"),
      deriveKey(masterKey, `seal/${purpose}`, 32),
    ]),
  );
  const newest = keys.entries().next().value;
  if (newest === undefined) throw new SealError("There is no master key to seal with.");
  const [kid, key] = newest;

  return {
    seal: (keyName, text) =>
      new CompactEncrypt(new TextEncoder().encode(text))
        .setProtectedHeader({ alg: "dir", enc: "A256GCM", kid, at: keyName })
        .encrypt(key),

    open: async (keyName, sealed) => {
      try {
        const opener = keys.get(decodeProtectedHeader(sealed).kid ?? "");
        if (opener === undefined) throw new SealError("It was sealed with an unknown master key.");
        const { plaintext, protectedHeader } = await compactDecrypt(sealed, opener, {
          keyManagementAlgorithms: ["dir"],
          contentEncryptionAlgorithms: ["A256GCM"],
        });
        if (protectedHeader["at"] !== keyName)
          throw new SealError("It was sealed for another key.");
        return new TextDecoder().decode(plaintext);
      } catch (cause) {
        throw new SealError(`The stored record ${keyName} cannot be opened.`, { cause });
      }
    },

    isCurrent: (sealed) => decodeProtectedHeader(sealed).kid === kid,
  };
}
