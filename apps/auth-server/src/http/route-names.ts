import { ROUTES } from "../engine/routes.ts";

/** All addresses of both listeners, with what varies as `:id`. */
const NAMES = new Set<string>([
  ...Object.values(ROUTES),
  `${ROUTES.authorization}/:id`,
  `${ROUTES.registration}/:id`,
  "/",
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

/** The route of a path, for metrics: whoever asks for nonsense makes no new name. */
export function toRouteName(path: string): string {
  const name = path.replace(VARIES, "$1/:id");
  return NAMES.has(name) ? name : "other";
}
