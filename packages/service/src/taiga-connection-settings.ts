import { z } from "zod";

/** A proxy URL without a scheme is http, as in curl. */
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

/** How both services connect to Taiga; part of the shared settings. */
export const taigaConnectionSettings = {
  TAIGA_CA_FILE: z.string().optional().meta({
    description:
      "A PEM file with certificate authorities to trust in addition to the public ones, for connections to Taiga only.",
  }),
  HTTPS_PROXY: proxyUrl.meta({
    description:
      "The HTTP proxy for a Taiga with an https address; also read as https_proxy. It may contain a user name and a password. It is used only for Taiga, and never for a Taiga on this machine.",
    secret: true,
    anyCase: true,
  }),
  HTTP_PROXY: proxyUrl.meta({
    description: "The HTTP proxy for a Taiga with an http address; also read as http_proxy.",
    secret: true,
    anyCase: true,
  }),
  NO_PROXY: z.string().optional().meta({
    description:
      "Comma-separated hosts to reach without the proxy, each including its subdomains; * means all hosts. Also read as no_proxy.",
    anyCase: true,
  }),
  NODE_USE_ENV_PROXY: z
    .string()
    .refine(
      (value) => value !== "1",
      "must not be set: requests between the services, with their secrets, would go through the proxy. HTTPS_PROXY works without it",
    )
    .optional()
    .meta({
      description:
        "Must not be 1: with this Node.js option, requests between the services would go through the proxy as well.",
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
