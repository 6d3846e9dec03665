import { CodedError } from "@taiga-mcp/service";
import { CompactEncrypt, compactDecrypt, decodeProtectedHeader } from "jose";
import { deriveKey } from "./derive-key.ts";
import { deriveOnce, type RootKey, type RootKeys } from "./root-keys.ts";

/** Encrypts secrets for the store and binds each to its storage key. */
export interface Sealer {
  /** @param keyName the storage key that the text will be stored under. */
  seal(keyName: string, text: string): Promise<string>;
  /**
   * @param keyName the storage key the sealed text was read from.
   * @throws {SealError} when it was sealed with a key that no longer exists or for another storage
   *   key, or was tampered with.
   * @throws {UnavailableError} when its key is unknown to this process and the keys cannot be read.
   */
  open(keyName: string, sealed: string): Promise<string>;
}

/** A sealed record cannot be opened: its key was retired, or the record was tampered with. */
export class SealError extends CodedError<"seal_broken"> {
  constructor(message: string, options?: ErrorOptions) {
    super("seal_broken", message, options);
  }
}

/** Each purpose has keys of its own, so that one module cannot open the records of another. */
export const SEALING_PURPOSES = ["engine", "vault", "account"] as const;
export type SealingPurpose = (typeof SEALING_PURPOSES)[number];

/** The key that sealed a text, from its header. */
export interface SealMark {
  rootKeyId: string;
  purpose: string;
}

/** @returns `undefined` for a text that is not sealed. */
export function toSealMark(text: string): SealMark | undefined {
  // Most records are plain JSON.
  if (!text.startsWith("ey")) return undefined;
  try {
    const [rootKeyId, purpose] = decodeProtectedHeader(text).kid?.split(".") ?? [];
    return rootKeyId === undefined || purpose === undefined ? undefined : { rootKeyId, purpose };
  } catch {
    return undefined;
  }
}

/**
 * Seals with AES-256-GCM as a compact JWE (`dir`, `A256GCM`; RFC 7516). The header names the key
 * (`kid`), so that records sealed before a rotation still open, and the storage key (`at`), which
 * GCM authenticates with the rest: a record copied elsewhere in the store does not open there.
 *
 * @param rootKeys read at each use.
 */
export function createSealer(rootKeys: RootKeys, purpose: SealingPurpose): Sealer {
  const toKey = deriveOnce((secret) => deriveKey(secret, `seal/${purpose}`, 32));

  const find = (id: string): RootKey | undefined =>
    rootKeys.current().find((rootKey) => rootKey.id === id);

  /** Another process may use a new key before this process has read it. */
  async function findOrRefresh(sealed: string): Promise<RootKey | undefined> {
    const mark = toSealMark(sealed);
    if (mark?.purpose !== purpose) return undefined;
    const known = find(mark.rootKeyId);
    if (known !== undefined) return known;
    await rootKeys.refresh();
    return find(mark.rootKeyId);
  }

  return {
    seal: async (keyName, text) => {
      // A process that was suspended for hours may know only retired keys. If the refresh fails,
      // seal anyway: a Taiga login that was just renewed exists nowhere else.
      if (!rootKeys.isFresh()) await rootKeys.refresh().catch(() => undefined);
      const [newest] = rootKeys.current();
      return await new CompactEncrypt(new TextEncoder().encode(text))
        .setProtectedHeader({
          alg: "dir",
          enc: "A256GCM",
          kid: `${newest.id}.${purpose}`,
          at: keyName,
        })
        .encrypt(toKey(newest));
    },

    open: async (keyName, sealed) => {
      const rootKey = await findOrRefresh(sealed);
      try {
        if (rootKey === undefined)
          throw new SealError("The record was sealed with an unknown key.");
        const { plaintext, protectedHeader } = await compactDecrypt(sealed, toKey(rootKey), {
          keyManagementAlgorithms: ["dir"],
          contentEncryptionAlgorithms: ["A256GCM"],
        });
        if (protectedHeader["at"] !== keyName)
          throw new SealError("The record was sealed for another storage key.");
        return new TextDecoder().decode(plaintext);
      } catch (cause) {
        throw new SealError(`The stored record ${keyName} cannot be opened.`, { cause });
      }
    },
  };
}
