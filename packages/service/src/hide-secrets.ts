import { EventEmitter } from "node:events";

/** Names under which a secret could reach a log record by accident. */
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

const HIDDEN = "[redacted]";

/** What lies deeper is left out whole: nobody has looked at it. */
const MAX_DEPTH = 6;

/**
 * A record for the log without the values that stand under the name of a secret, however deep.
 * It is copied only where something is hidden, because every log line passes here.
 */
export const hideSecrets = <T extends object>(record: T): T => hideBelow(record, 0) as T;

function hideBelow(value: object, depth: number): unknown {
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
  if (SECRET_NAMES.has(name)) return HIDDEN;
  return typeof member === "object" && member !== null ? hideBelow(member, depth + 1) : member;
}

/** Errors, requests and responses have serializers that choose what is logged of them. */
const isOpaque = (value: object): boolean =>
  value instanceof Error || value instanceof EventEmitter || ArrayBuffer.isView(value);
