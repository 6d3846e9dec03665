import type { Clock } from "@taiga-mcp/service";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { KoaContextWithOIDC, Provider } from "oidc-provider";
import type { InteractionOutcome } from "../boundary/ports.ts";

/** How long a browser may ask how its interaction ended. */
const REMEMBERED_SECONDS = 300;

const COOKIE = "taiga-mcp-finished";

export interface OutcomeCookieDeps {
  provider: Provider;
  clock: Clock;
  /** Bare origin of this server. */
  issuer: string;
}

/**
 * Remembers how an interaction ended, for its own browser only, in a signed cookie at the
 * interaction's path. The redirect to the client sets the cookie, so a browser that has it went
 * there. See kept-answers.ts for the time until the client has the code.
 */
export interface OutcomeCookie {
  /** Around the whole engine: sets the cookie on the redirect to the client. */
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
      // The signature covers the value only, so the value repeats the path and the end.
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

/**
 * @returns `undefined` unless this is the redirect of a resumed authorization request to its
 *   client.
 */
function toOutcome({ oidc, status }: KoaContextWithOIDC): InteractionOutcome | undefined {
  if (oidc?.route !== "resume" || status >= 400) return undefined;
  const { AuthorizationCode, Interaction } = oidc.entities;
  if (AuthorizationCode !== undefined) return "connected";
  return Interaction?.result?.["error"] === "access_denied" ? "declined" : undefined;
}
