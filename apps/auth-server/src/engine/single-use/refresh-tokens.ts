import { type AccessLevel, toScopes } from "@taiga-mcp/service";
import {
  type Adapter,
  type AdapterPayload,
  errors,
  type KoaContextWithOIDC,
  Provider,
} from "oidc-provider";
import { type Lifetimes, toGrantRef } from "../../grants/lifetimes.ts";
import type { RecordStore } from "../records/record-store.ts";
import { endClaim } from "./claims.ts";
import type { RefreshGrace, RefreshRequest, RefreshUse } from "./refresh-grace.ts";

type KoaNext = () => Promise<unknown>;

export interface RefreshTokensDeps {
  records: RecordStore;
  grace: RefreshGrace;
  lifetimes: Lifetimes;
  /** The operator's limit of today; it also applies to tokens issued under a higher one. */
  accessLimit: AccessLevel;
}

/** The two places where the refresh grace meets oidc-provider. */
export interface RefreshTokens {
  /** What oidc-provider's adapter does with refresh tokens. */
  adapter: Pick<Adapter, "find" | "consume" | "upsert">;
  /** Around the whole engine: stores a new answer, or sends the stored one. */
  middleware: (ctx: KoaContextWithOIDC, next: KoaNext) => Promise<void>;
}

/**
 * Joins the refresh grace to oidc-provider, which can only consume a token or fail. So a repeated
 * use leaves it as `invalid_grant`, and the middleware replaces that with the stored answer. A
 * request that gets here has passed all checks of its client and grant.
 */
export function createRefreshTokens({
  records,
  grace,
  lifetimes,
  accessLimit,
}: RefreshTokensDeps): RefreshTokens {
  const uses = new WeakMap<object, RefreshUse>();
  const grantable = toScopes(accessLimit);

  return {
    adapter: {
      find: async (token) => {
        const payload = await records.read(token);
        if (payload !== undefined && Provider.ctx !== undefined) {
          limitScope(Provider.ctx, payload, grantable);
        }
        return payload && grace.hideConsumed(payload);
      },
      consume: async (token) => {
        const { ctx } = Provider;
        if (ctx === undefined)
          throw new TypeError("Refresh tokens are used within a request only.");
        const use = await grace.use(token, toRefreshRequest(ctx));
        uses.set(ctx, use);
        if (use.outcome === "answered") throw new errors.InvalidGrant("answered before");
      },
      upsert: async (token, payload, ttlSeconds) => {
        const use = Provider.ctx && uses.get(Provider.ctx);
        const isSuccessor = use?.outcome === "claimed";
        const record = isSuccessor ? grace.toSuccessor(use.held, payload) : payload;
        await records.write(token, record, ttlSeconds);
      },
    },

    middleware: async (ctx, next) => {
      await next();
      const use = uses.get(ctx);
      if (use === undefined) return;
      if (use.outcome === "answered") return answer(ctx, use.answer);
      const { held } = use;
      await endClaim(ctx, {
        settle: async () => {
          await lifetimes.extendGrant(toGrantRef(ctx.oidc.entities.RefreshToken));
          answer(ctx, await grace.settle(held, JSON.stringify(ctx.body)));
        },
        release: () => grace.release(held),
      });
    },
  };
}

function answer(ctx: KoaContextWithOIDC, json: string): void {
  ctx.status = 200;
  ctx.body = json;
  ctx.type = "application/json";
}

/** An omitted parameter means what was granted: RFC 6749 §6, RFC 8707 §2.2. */
function toRefreshRequest({ oidc }: KoaContextWithOIDC): RefreshRequest {
  const { scope, resource } = oidc.params ?? {};
  const granted = oidc.entities.RefreshToken;
  return {
    clientId: oidc.client?.clientId ?? "",
    scope: toText(scope ?? granted?.scope),
    resource: toText(resource ?? granted?.resource),
  };
}

/**
 * Rewrites `scope` of a refresh to what oidc-provider will grant: it refuses the whole request for
 * one word that was not granted. Clients repeat at every refresh what they asked for at first, and
 * the user may have granted less. Always in the same order, so that the grace compares meanings.
 * This is the last hook before oidc-provider compares the scopes.
 */
function limitScope(
  { oidc }: KoaContextWithOIDC,
  token: AdapterPayload,
  grantable: readonly string[],
): void {
  const asked = oidc.params?.["scope"];
  if (oidc.route !== "token" || oidc.params === undefined || typeof asked !== "string") return;
  oidc.params["scope"] = toGrantedScope(asked, token.scope ?? "", grantable);
}

/**
 * The words of `asked` that were granted and still may be; `undefined`, which means all that was
 * granted, when there are none or all of them.
 * @see RFC 6749 §3.3, §6
 */
function toGrantedScope(
  asked: string,
  granted: string,
  grantable: readonly string[],
): string | undefined {
  const words = asked.split(" ");
  const all = granted.split(" ").filter((word) => grantable.includes(word));
  const left = all.filter((word) => words.includes(word));
  return left.length === 0 || left.length === all.length ? undefined : left.join(" ");
}

const toText = (parameter: unknown): string => (typeof parameter === "string" ? parameter : "");
