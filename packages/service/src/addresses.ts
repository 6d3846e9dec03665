import type { z } from "zod";
import { ConfigurationError } from "./errors.ts";
import { isLoopback, isSafeUrl, type sharedSettings } from "./settings.ts";

type SharedSettings = z.output<z.ZodObject<typeof sharedSettings>>;

/** Taiga on pages for people. */
export interface TaigaSite {
  /** Host and port, or "the demo Taiga". */
  name: string;
  /** Where people open it; absent when a browser finds nothing at its address. */
  url?: string | undefined;
}

/** Where everything is, worked out once and the same way in both services. */
export interface Addresses {
  /** The authorization server's name: a bare origin without a trailing slash. */
  issuer: string;
  /** The MCP endpoint as clients enter it, as `URL` writes it: the audience of every token. */
  resource: string;
  /** Canonical: ends in /api/v1. */
  taigaApiUrl: string;
  /** Where people open Taiga, without a trailing slash. */
  taigaWebUrl: string;
  /** What pages call Taiga, and whether they link to it. */
  taigaSite: TaigaSite;
  /** Where Taiga resets passwords; only if the address of its web pages is set. */
  passwordResetUrl: string | undefined;
}

/** @throws {ConfigurationError} when Taiga is missing on a public installation, or is not safe to use. */
export function resolveAddresses(settings: SharedSettings): Addresses {
  const { PUBLIC_URL, AUTH_SERVER_PORT, RESOURCE_SERVER_PORT } = settings;
  const issuer = settings.ISSUER ?? PUBLIC_URL ?? `http://localhost:${AUTH_SERVER_PORT}`;
  const mcpUrl =
    settings.MCP_URL ?? `${PUBLIC_URL ?? `http://localhost:${RESOURCE_SERVER_PORT}`}/mcp`;
  const resource = new URL(mcpUrl).href;
  const taigaApiUrl = resolveTaigaApiUrl(settings, [issuer, resource]);
  const taigaWebUrl = settings.TAIGA_WEB_URL ?? taigaApiUrl.replace(/\/api\/v1$/, "");
  const taigaSite = toTaigaSite(settings, taigaWebUrl);
  const passwordResetUrl =
    settings.TAIGA_WEB_URL === undefined || taigaSite.url === undefined
      ? undefined
      : `${taigaSite.url}/forgot-password`;
  return { issuer, resource, taigaApiUrl, taigaWebUrl, taigaSite, passwordResetUrl };
}

/** The sandbox has an API, but no pages to open; a name inside a network of containers opens nowhere. */
function toTaigaSite(settings: SharedSettings, taigaWebUrl: string): TaigaSite {
  if (settings.TAIGA_API_URL === undefined) return { name: "the demo Taiga" };
  const { host, hostname } = new URL(taigaWebUrl);
  const isGuess = settings.TAIGA_WEB_URL === undefined && settings.RUNNING_IN_CONTAINER;
  const isInside = !hostname.includes(".") || hostname.endsWith(".internal");
  return isGuess && isInside ? { name: host } : { name: host, url: taigaWebUrl };
}

/** The sandbox's passwords are known: it serves this machine only. */
function resolveTaigaApiUrl(settings: SharedSettings, publicAddresses: readonly string[]): string {
  const { TAIGA_API_URL, SANDBOX_API_URL, RUNNING_IN_CONTAINER, ALLOW_HTTP_TAIGA } = settings;
  if (TAIGA_API_URL === undefined) {
    const exposed = publicAddresses.find((address) => !isLoopback(address));
    if (exposed === undefined) return SANDBOX_API_URL;
    throw new ConfigurationError(
      `TAIGA_API_URL is not set: the sandbox with its known passwords is for this machine only, and ${exposed} is a public address.`,
    );
  }
  if (RUNNING_IN_CONTAINER && isLoopback(TAIGA_API_URL)) {
    throw new ConfigurationError(
      "TAIGA_API_URL: in a container, localhost is the container itself. For a Taiga on the machine that runs the containers, write host.docker.internal in its place and set ALLOW_HTTP_TAIGA=true.",
    );
  }
  if (!isSafeUrl(TAIGA_API_URL) && !ALLOW_HTTP_TAIGA) {
    throw new ConfigurationError(
      "TAIGA_API_URL: must be https, or logins cross the network in clear. If that network is yours, set ALLOW_HTTP_TAIGA=true.",
    );
  }
  return TAIGA_API_URL;
}
