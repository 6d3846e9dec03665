import { GeneralEncrypt, generalDecrypt } from "jose";
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { deriveKey } from "./derive-key.ts";
import type { Ring } from "./ring.ts";

/** 32 bytes each, newest first. */
export type MasterKeys = readonly [Uint8Array, ...Uint8Array[]];

const Key = z.object({
  id: z.string(),
  secret: z
    .base64url()
    .transform((text) => new Uint8Array(Buffer.from(text, "base64url")))
    .refine(({ length }) => length === 32),
  createdAt: z.number(),
  activeFrom: z.number(),
});

const RingRecord = z.tuple([Key], Key);

const Envelope = z.object({
  protected: z.string(),
  iv: z.string(),
  ciphertext: z.string(),
  tag: z.string(),
  recipients: z.array(
    z.object({
      encrypted_key: z.string(),
      header: z.object({ alg: z.literal("A256KW"), kid: z.string() }),
    }),
  ),
});

/**
 * Seals the ring for all master keys (JWE with several recipients, RFC 7516 §7.2.1): one content key
 * (A256GCM), wrapped with each master key (A256KW). Replicas with different lists of master keys can
 * all open it, which happens while they are restarted one by one.
 *
 * @param at the storage key of the record; the text cannot be opened under another one.
 */
export async function sealRing(ring: Ring, masterKeys: MasterKeys, at: string): Promise<string> {
  const keys = ring.map((key) => ({
    ...key,
    secret: Buffer.from(key.secret).toString("base64url"),
  }));
  const envelope = new GeneralEncrypt(new TextEncoder().encode(JSON.stringify(keys)));
  envelope.setProtectedHeader({ enc: "A256GCM", at });
  for (const masterKey of masterKeys) {
    const { kid, wrap } = toWrappingKey(masterKey);
    envelope.addRecipient(wrap).setUnprotectedHeader({ alg: "A256KW", kid });
  }
  return JSON.stringify(await envelope.encrypt());
}

/** @returns `undefined` when none of the master keys opens the ring. */
export async function openRing(
  text: string,
  masterKeys: MasterKeys,
  at: string,
): Promise<Ring | undefined> {
  const envelope = parseEnvelope(text);
  if (envelope === undefined) return undefined;
  for (const masterKey of masterKeys) {
    const { kid, wrap } = toWrappingKey(masterKey);
    if (!toKids(envelope).includes(kid)) continue;
    try {
      const { plaintext, protectedHeader } = await generalDecrypt(envelope, wrap, {
        keyManagementAlgorithms: ["A256KW"],
        contentEncryptionAlgorithms: ["A256GCM"],
      });
      if (protectedHeader?.["at"] !== at) continue;
      return RingRecord.parse(JSON.parse(new TextDecoder().decode(plaintext)));
    } catch {
      // This recipient was tampered with; another master key may still open the ring.
    }
  }
  return undefined;
}

/** Whether exactly these master keys open the ring. */
export const isSealedFor = (text: string, masterKeys: MasterKeys): boolean =>
  isDeepStrictEqual(new Set(toKids(parseEnvelope(text))), new Set(masterKeys.map(toKid)));

/** Position of the first master key that opens the ring, 0 is the newest; -1 when none does. */
export function toMasterKeyPosition(text: string, masterKeys: MasterKeys): number {
  const kids = toKids(parseEnvelope(text));
  return masterKeys.findIndex((masterKey) => kids.includes(toKid(masterKey)));
}

const toKid = (masterKey: Uint8Array): string =>
  Buffer.from(deriveKey(masterKey, "ring/kid", 9)).toString("base64url");

const toWrappingKey = (masterKey: Uint8Array): { kid: string; wrap: Uint8Array } => ({
  kid: toKid(masterKey),
  wrap: deriveKey(masterKey, "ring", 32),
});

type Envelope = z.output<typeof Envelope>;

function parseEnvelope(text: string): Envelope | undefined {
  try {
    return Envelope.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

const toKids = (envelope: Envelope | undefined): string[] =>
  envelope?.recipients.map(({ header }) => header.kid) ?? [];
