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

function readExpiry(token: string): number {
  try {
    const exp = toSeconds(decodeJwt(token));
    if (exp !== undefined) return exp;
  } catch (cause) {
    throw new UnavailableError("Taiga's token cannot be read.", { cause });
  }
  throw new UnavailableError("Taiga's token does not say when it ends.");
}
