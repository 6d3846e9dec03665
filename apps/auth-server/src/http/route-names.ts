import { ROUTES } from "../engine/routes.ts";

/** All paths of both listeners, with `:id` for variable parts. */
const NAMES = new Set<string>([
  ...Object.values(ROUTES),
  `${ROUTES.authorization}/:id`,
  `${ROUTES.registration}/:id`,
  "/",
  "/reconnect",
  "/assets/:id",
  "/interaction/:id",
  "/interaction/:id/login",
  "/interaction/:id/taiga",
  "/interaction/:id/consent",
  "/interaction/:id/cancel",
  "/taiga/callback",
  "/account",
  "/account/login",
  "/account/logout",
  "/account/taiga",
  "/account/disconnect",
  "/account/connections/:id",
  "/account/connections/:id/disconnect",
  "/account/connections/:id/limit",
  "/.well-known/oauth-authorization-server",
  "/.well-known/openid-configuration",
  "/introspect",
  "/revocations",
  "/activity",
  "/admin/status",
  "/admin/logins",
  "/admin/logins/end",
  "/admin/keys",
  "/admin/keys/rotate",
  "/admin/keys/retire",
]);

const VARIES = /^(\/(?:authorize|register|assets|interaction|account\/connections))\/[^/]+/;

/** The route of a path, for metrics. Unknown paths are `other`, so that they create no new labels. */
export function toRouteName(path: string): string {
  const name = path.replace(VARIES, "$1/:id");
  return NAMES.has(name) ? name : "other";
}
