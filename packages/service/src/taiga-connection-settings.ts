import { z } from "zod";

/** Programs agree on these variables but not on the scheme: without one it is http, as for curl. */
const proxyUrl = z
  .string()
  .transform((text) => (text.includes("://") ? text : `http://${text}`))
  .pipe(
    z
      .url({
        protocol: /^https?$/,
        error: "must be an http or https URL such as http://proxy.example.com:3128",
        abort: true,
      })
      .refine(isBareExceptLogin, "must have no path, query or fragment")
      .refine(hasReadableLogin, "must have its user name and password percent-encoded"),
  )
  .optional();

/** What stands between both services and Taiga; part of the shared settings. */
export const taigaConnectionSettings = {
  TAIGA_CA_FILE: z.string().optional().meta({
    description:
      "A file with certificates of authorities (PEM) that are trusted besides the public ones, for Taiga only.",
  }),
  HTTPS_PROXY: proxyUrl.meta({
    description:
      "The HTTP proxy to a Taiga with an https address, also as https_proxy. May hold a user name and a password. Only Taiga is reached through it, and never one on this machine.",
    secret: true,
    anyCase: true,
  }),
  HTTP_PROXY: proxyUrl.meta({
    description: "The same for a Taiga with an http address, also as http_proxy.",
    secret: true,
    anyCase: true,
  }),
  NO_PROXY: z.string().optional().meta({
    description:
      "Hosts, separated by commas, that are reached without the proxy, each with everything below it; * for all. Also as no_proxy.",
    anyCase: true,
  }),
  NODE_USE_ENV_PROXY: z
    .string()
    .refine(
      (value) => value !== "1",
      "must not be set: the services' secrets would go through the proxy, too. HTTPS_PROXY works without it",
    )
    .optional()
    .meta({
      description:
        "A switch of Node.js, refused: it would lead what the services say to one another through the proxy, too.",
    }),
};

function isBareExceptLogin(url: string): boolean {
  const { pathname, search, hash } = new URL(url);
  return pathname === "/" && search === "" && hash === "";
}

function hasReadableLogin(url: string): boolean {
  const { username, password } = new URL(url);
  try {
    decodeURIComponent(username + password);
    return true;
  } catch {
    return false;
  }
}
