import type { KoaContextWithOIDC } from "oidc-provider";
import type { EngineRequest } from "./boundary/ports.ts";

/**
 * Names the scheme that the client has tried in a 401 (RFC 6749 §5.2). oidc-provider does that only
 * while it sees the header.
 */
export const createBasicChallenge =
  (issuer: string) =>
  async ({ req, response }: KoaContextWithOIDC, next: () => Promise<unknown>): Promise<void> => {
    await next();
    if (response.status === 401 && (req as EngineRequest).triedBasic === true) {
      response.set("WWW-Authenticate", `Basic realm="${issuer}"`);
    }
  };
