import { EventEmitter } from "node:events";

/** Field names under which a secret could reach a log record by accident. */
const SECRET_NAMES = new Set([
  "access_token",
  "accessToken",
  "assertion",
  "auth_token",
  "authToken",
  "authorization",
  "client_assertion",
  "client_secret",
  "clientSecret",
  "code",
  "code_verifier",
  "cookie",
  "id_token",
  "password",
  "refresh",
  "refresh_token",
  "refreshToken",
  "set-cookie",
  "subject_token",
  "token",
]);

const REDACTED = "[redacted]";

/** Deeper values are left out whole, because they are not searched. */
const MAX_DEPTH = 6;

/**
 * Replaces the values under names of secrets in a log record, at any depth up to the limit. Copies
 * only what it changes, because every log line passes here.
 */
export const redactSecrets = <T extends object>(record: T): T => redactBelow(record, 0) as T;

function redactBelow(value: object, depth: number): unknown {
  if (isOpaque(value)) return value;
  if (depth > MAX_DEPTH) return "[too deep]";
  let copy: Record<string, unknown> | undefined;
  for (const [name, member] of Object.entries(value) as [string, unknown][]) {
    const shown = toShown(name, member, depth);
    if (shown === member) continue;
    copy ??= (Array.isArray(value) ? [...value] : { ...value }) as Record<string, unknown>;
    copy[name] = shown;
  }
  return copy ?? value;
}

function toShown(name: string, member: unknown, depth: number): unknown {
  if (SECRET_NAMES.has(name)) return REDACTED;
  return typeof member === "object" && member !== null ? redactBelow(member, depth + 1) : member;
}

/** Errors, requests and responses have serializers that choose what is logged of them. */
const isOpaque = (value: object): boolean =>
  value instanceof Error || value instanceof EventEmitter || ArrayBuffer.isView(value);
