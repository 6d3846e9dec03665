import { createHmac, timingSafeEqual } from "node:crypto";

/** A key that authenticates records. */
export interface RecordKey {
  /** Names it in records; base64url. */
  id: string;
  /** 32 bytes, for this purpose only. */
  secret: Uint8Array;
}

const SIGNED = /^mac1\.(?<id>[\w-]+)\.(?<mac>[\w-]{43})\.(?<value>.*)$/s;

/** A stored text, taken apart; nothing about it is verified. */
interface SignedText {
  keyId: string;
  mac: string;
  value: string;
}

/** @returns `undefined` for a text without a MAC. */
export function readSigned(text: string): SignedText | undefined {
  const groups = SIGNED.exec(text)?.groups;
  if (groups === undefined) return undefined;
  const { id = "", mac = "", value = "" } = groups;
  return { keyId: id, mac, value };
}

/**
 * The text that stands for a value in the store: always the same for the same name, value and key,
 * so that compare-and-set works on it.
 */
export const toSigned = (name: string, value: string, key: RecordKey): string =>
  `mac1.${key.id}.${toMac(name, value, key)}.${value}`;

/** Whether the MAC is the one of this key, name and value. */
export function isAuthentic(name: string, { mac, value }: SignedText, key: RecordKey): boolean {
  return timingSafeEqual(Buffer.from(mac), Buffer.from(toMac(name, value, key)));
}

/** HMAC-SHA-256 over the length of the name, the name and the value; base64url. */
const toMac = (name: string, value: string, { secret }: RecordKey): string =>
  createHmac("sha256", secret).update(`${name.length}:${name}${value}`).digest("base64url");
