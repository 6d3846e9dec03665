import { errors, type KoaContextWithOIDC } from "oidc-provider";
import type { DocumentClients } from "../records/document-clients.ts";

export interface WithdrawnRedirectDeps {
  /** `undefined` when clients can only be registered. */
  documentClients: Pick<DocumentClients, "allowsRedirect"> | undefined;
  /** Shows an error as a page of ours. */
  renderRefusal: (ctx: KoaContextWithOIDC, error: errors.OIDCProviderError) => Promise<void>;
}

/**
 * oidc-provider checks a redirect URI at the beginning of an authorization request only. A client
 * may withdraw it while its user reads the consent page, because it fell into other hands: so the
 * answer needs another check.
 */
export interface WithdrawnRedirect {
  /**
   * Called before a code is issued.
   * @throws {errors.InvalidRedirectUri} which oidc-provider shows on a page.
   */
  refuse(ctx: KoaContextWithOIDC): Promise<void>;
  /** Around the whole engine: shows a page instead of a redirect to such an address, as for errors. */
  middleware: (ctx: KoaContextWithOIDC, next: () => Promise<unknown>) => Promise<void>;
}

export function createWithdrawnRedirect({
  documentClients,
  renderRefusal,
}: WithdrawnRedirectDeps): WithdrawnRedirect {
  async function isWithdrawn(ctx: KoaContextWithOIDC): Promise<boolean> {
    const { client, params } = ctx.oidc;
    const uri = params?.["redirect_uri"];
    if (client === undefined || typeof uri !== "string") return false;
    if (!client.redirectUriAllowed(uri)) return true;
    return (await documentClients?.allowsRedirect(ctx, client.clientId, uri)) === false;
  }

  return {
    refuse: async (ctx) => {
      if (await isWithdrawn(ctx)) throw new errors.InvalidRedirectUri();
    },

    middleware: async (ctx, next) => {
      await next();
      if (ctx.oidc?.route !== "resume") return;
      const { location } = ctx.response.headers;
      // Codes were checked before; this is about `access_denied` and other errors. Our own pages have
      // relative addresses.
      const isForClient = typeof location === "string" && !location.startsWith("/");
      if (!isForClient || hasCode(ctx) || !(await isWithdrawn(ctx))) return;
      ctx.remove("Location");
      await renderRefusal(ctx, new errors.InvalidRedirectUri());
    },
  };
}

const hasCode = ({ oidc }: KoaContextWithOIDC): boolean =>
  oidc.entities.AuthorizationCode !== undefined;
