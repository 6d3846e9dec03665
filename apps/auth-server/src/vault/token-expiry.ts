import { UnavailableError } from "@taiga-mcp/service";
import { decodeJwt } from "jose";

/** When a token ends, in epoch seconds, as far as it says so itself. */
export function findExpiry(token: string): number | undefined {
  try {
    return decodeJwt(token).exp;
  } catch {
    return undefined;
  }
}

/**
 * When a Taiga token ends, by its own `exp`: the lifetimes are a setting of each Taiga.
 *
 * @returns epoch seconds.
 * @throws {UnavailableError} when it does not say: then we cannot use it, and nobody lost a login.
 */
export function toExpiry(token: string): number {
  try {
    const { exp } = decodeJwt(token);
    if (exp !== undefined) return exp;
  } catch (cause) {
    throw new UnavailableError("Taiga's token cannot be read.", { cause });
  }
  throw new UnavailableError("Taiga's token does not say when it ends.");
}
