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
  "/.well-known/oauth-authorization-server",
  "/.well-known/openid-configuration",
  "/introspect",
  "/revocations",
  "/admin/status",
  "/admin/keys",
  "/admin/keys/rotate",
  "/admin/keys/retire",
]);

const VARIES = /^(\/(?:authorize|register|assets|interaction))\/[^/]+/;

/** The route of a path, for metrics. Unknown paths are `other`, so that they create no new labels. */
export function toRouteName(path: string): string {
  const name = path.replace(VARIES, "$1/:id");
  return NAMES.has(name) ? name : "other";
}
