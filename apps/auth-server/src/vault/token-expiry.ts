import { UnavailableError } from "@taiga-mcp/service";
import { decodeJwt } from "jose";
import type { TaigaCredentialRecord } from "../login/login-backend.ts";

/** How long an application token is used before its user is checked at Taiga again. */
export const CHECK_SECONDS = 15 * 60;

/** The expiry of a JWT in epoch seconds; `undefined` when it has none (RFC 7519 §4.1.4). */
export function findExpiry(token: string): number | undefined {
  try {
    return toSeconds(decodeJwt(token));
  } catch {
    return undefined;
  }
}

/** `decodeJwt` checks no types: with a string here, every comparison with the clock would be false. */
const toSeconds = ({ exp }: { exp?: unknown }): number | undefined =>
  typeof exp === "number" && Number.isFinite(exp) ? exp : undefined;

/**
 * Until when a credential may be used. A login's token carries its expiry in `exp`, because the
 * lifetime is a setting of each Taiga. An application token never expires, so it gets a limit here.
 *
 * @returns epoch seconds.
 * @throws {UnavailableError} when the expiry cannot be read: the token is unusable, but its login is
 *   not lost.
 */
export const toExpiry = (credential: TaigaCredentialRecord): number =>
  credential.scheme === "Application"
    ? credential.checkedAt + CHECK_SECONDS
    : readExpiry(credential.token);

/** Tokens are renewed this long before they expire, so that returned tokens stay valid for a while. */
const RENEW_AHEAD_SECONDS = 300;

/** The part of its life at whose end a token is renewed, if that is less. */
const RENEW_AHEAD_PART = 1 / 3;

/**
 * How long before its expiry a credential is renewed: five minutes, or the last third of a life of less
 * than a quarter of an hour. Otherwise a Taiga whose tokens live five minutes would be asked for another
 * one before every request.
 *
 * @param stored when the life began is unknown for records of earlier versions.
 */
export const toRenewAhead = ({
  credential,
  storedAt,
}: {
  credential: TaigaCredentialRecord;
  storedAt: number | undefined;
}): number =>
  storedAt === undefined
    ? RENEW_AHEAD_SECONDS
    : Math.min(
        RENEW_AHEAD_SECONDS,
        Math.floor(Math.max(0, toExpiry(credential) - storedAt) * RENEW_AHEAD_PART),
      );

function readExpiry(token: string): number {
  try {
    const exp = toSeconds(decodeJwt(token));
    if (exp !== undefined) return exp;
  } catch (cause) {
    throw new UnavailableError("Taiga's token cannot be read.", { cause });
  }
  throw new UnavailableError("Taiga's token does not say when it ends.");
}
