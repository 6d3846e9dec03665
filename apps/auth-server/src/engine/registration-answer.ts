import type { KoaContextWithOIDC } from "oidc-provider";
import { notesOf } from "./boundary/request-notes.ts";

const ROUTES = new Set(["registration", "client_update"]);

/**
 * Adds to the answer to a registration which redirect URIs were left out, and why, as
 * `redirect_uris_refused`: a list of `{ uri, reason }`. Without it a client would find out only when a
 * login fails.
 *
 * @see RFC 7591 §3.2.1: the answer contains the registered values, and may contain further members.
 */
export async function answerRegistration(
  ctx: KoaContextWithOIDC,
  next: () => Promise<unknown>,
): Promise<void> {
  await next();
  const { refusedRedirectUris } = notesOf(ctx.req);
  if (!ROUTES.has(ctx.oidc?.route) || ctx.status >= 400 || refusedRedirectUris.length === 0) return;
  ctx.body = { ...(ctx.body as object), redirect_uris_refused: refusedRedirectUris };
}
