import { UnavailableError } from "@taiga-mcp/service";
import { decodeJwt } from "jose";
import type { TaigaCredentialRecord } from "../login/login-backend.ts";

/** How long the token of an application is used before Taiga is asked about its user again. */
export const CHECK_SECONDS = 15 * 60;

/** When a token ends, in epoch seconds, as far as it says so itself (RFC 7519 §4.1.4). */
export function findExpiry(token: string): number | undefined {
  try {
    return toSeconds(decodeJwt(token));
  } catch {
    return undefined;
  }
}

/** Decoding checks no types: a text in its place would make every comparison with the clock false. */
const toSeconds = ({ exp }: { exp?: unknown }): number | undefined =>
  typeof exp === "number" && Number.isFinite(exp) ? exp : undefined;

/**
 * Until when a credential may be used. A login's token says it in its own `exp`: the lifetimes are
 * a setting of each Taiga. An application's token has no end, so it is ours to make sure.
 *
 * @returns epoch seconds.
 * @throws {UnavailableError} when it does not say: then we cannot use it, and nobody lost a login.
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
