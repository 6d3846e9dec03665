import type { Clock } from "@taiga-mcp/service";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { KoaContextWithOIDC, Provider } from "oidc-provider";
import type { InteractionOutcome } from "../boundary/ports.ts";

/** How long a browser may ask what became of its interaction. */
const REMEMBERED_SECONDS = 300;

const COOKIE = "taiga-mcp-finished";

export interface OutcomeCookieDeps {
  provider: Provider;
  clock: Clock;
  /** Our own origin. */
  issuer: string;
}

/**
 * Interactions that are over, each known to its own browser only: a signed cookie at the
 * interaction's path says how it ended. It comes with the very redirect that takes the answer to
 * the client, so whoever has it was sent there; the answer itself is not kept, because a code that
 * reached a client twice would end the login (RFC 6749 section 4.1.2).
 */
export interface OutcomeCookie {
  /** Around the whole engine: marks the browser that is sent back to its client. */
  middleware: (ctx: KoaContextWithOIDC, next: () => Promise<unknown>) => Promise<void>;
  /** See `Interactions.outcome`. */
  outcome: (
    req: IncomingMessage,
    res: ServerResponse,
    uid: string,
  ) => InteractionOutcome | undefined;
}

export function createOutcomeCookie(deps: OutcomeCookieDeps): OutcomeCookie {
  const { provider, clock, issuer } = deps;
  const secure = issuer.startsWith("https:");
  return {
    middleware: async (ctx, next) => {
      await next();
      const outcome = toOutcome(ctx);
      const uid = ctx.oidc?.entities.Interaction?.cid;
      if (outcome === undefined || uid === undefined) return;
      // The path and the end are said once more inside, where they are signed.
      const value = [outcome, clock() + REMEMBERED_SECONDS, uid].join(".");
      ctx.cookies.set(COOKIE, value, {
        path: `/interaction/${uid}`,
        maxAge: REMEMBERED_SECONDS * 1_000,
        httpOnly: true,
        sameSite: "lax",
        signed: true,
        secure,
      });
    },

    outcome: (req, res, uid) => {
      const { cookies } = provider.createContext(req, res);
      const [outcome, expiresAt, cid] = cookies.get(COOKIE, { signed: true })?.split(".") ?? [];
      if (cid !== uid || Number(expiresAt) <= clock()) return undefined;
      return outcome === "connected" || outcome === "declined" ? outcome : undefined;
    },
  };
}

/** @returns `undefined` for every other answer than one of a resumed authorization to its client. */
function toOutcome({ oidc, status }: KoaContextWithOIDC): InteractionOutcome | undefined {
  if (oidc?.route !== "resume" || status >= 400) return undefined;
  const { AuthorizationCode, Interaction } = oidc.entities;
  if (AuthorizationCode !== undefined) return "connected";
  return Interaction?.result?.["error"] === "access_denied" ? "declined" : undefined;
}
