import { CodedError } from "@taiga-mcp/service";
import { CompactEncrypt, compactDecrypt, decodeProtectedHeader } from "jose";
import { deriveKey } from "./derive-key.ts";
import { deriveOnce, type RootKey, type RootKeys } from "./root-keys.ts";

/** Keeps secrets unreadable in the store, and bound to the place they were written to. */
export interface Sealer {
  /** @param keyName the storage key the text will be kept under. */
  seal(keyName: string, text: string): Promise<string>;
  /**
   * @param keyName the storage key the sealed text was read from.
   * @throws {SealError} when it was sealed by a key that is gone, for another storage key, or
   *   changed since.
   * @throws {UnavailableError} when its key is unknown here and the keys cannot be read.
   */
  open(keyName: string, sealed: string): Promise<string>;
}

/** A sealed record cannot be opened: its key was retired, or the record was tampered with. */
export class SealError extends CodedError<"seal_broken"> {
  constructor(message: string, options?: ErrorOptions) {
    super("seal_broken", message, options);
  }
}

/** Separates the keys of different uses, so that one never opens another's records. */
export const SEALING_PURPOSES = ["engine", "vault"] as const;
export type SealingPurpose = (typeof SEALING_PURPOSES)[number];

/** What sealed a text, by its header. */
export interface SealMark {
  rootKeyId: string;
  purpose: string;
}

/** @returns `undefined` for a text that no sealer has made. */
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
 * @param rootKeys asked at each use.
 */
export function createSealer(rootKeys: RootKeys, purpose: SealingPurpose): Sealer {
  const toKey = deriveOnce((secret) => deriveKey(secret, `seal/${purpose}`, 32));

  const find = (id: string): RootKey | undefined =>
    rootKeys.current().find((rootKey) => rootKey.id === id);

  /** A key that another process made may be in use before this one has heard of it. */
  async function findOrAsk(sealed: string): Promise<RootKey | undefined> {
    const mark = toSealMark(sealed);
    if (mark?.purpose !== purpose) return undefined;
    const known = find(mark.rootKeyId);
    if (known !== undefined) return known;
    await rootKeys.refresh();
    return find(mark.rootKeyId);
  }

  return {
    seal: async (keyName, text) => {
      // A process that was stopped for hours may know only keys that were retired meanwhile. When
      // they cannot be read: a Taiga login that was just renewed exists nowhere but here.
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
      const rootKey = await findOrAsk(sealed);
      try {
        if (rootKey === undefined) throw new SealError("It was sealed with an unknown key.");
        const { plaintext, protectedHeader } = await compactDecrypt(sealed, toKey(rootKey), {
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
  };
}
