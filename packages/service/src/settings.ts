import path from "node:path";
import { z } from "zod";
import { ACCESS_LEVELS } from "./access-level.ts";
import { LOG_LEVELS } from "./logger.ts";
import { count } from "./number-settings.ts";
import { taigaConnectionSettings } from "./taiga-connection-settings.ts";

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** Whether a URL points at this very machine, by name alone. */
export const isLoopback = (url: string | URL): boolean => LOOPBACK.test(new URL(url).hostname);

/** https anywhere, http on this machine only. */
export const isSafeUrl = (url: string): boolean =>
  new URL(url).protocol === "https:" || (new URL(url).protocol === "http:" && isLoopback(url));

// `abort`: the rules that follow parse the URL, so they must not run on an invalid one.
const httpUrl = z
  .url({ protocol: /^https?$/, error: "must be an absolute http or https URL", abort: true })
  .refine((url) => !/[?#]/.test(url), "must have neither a query nor a fragment")
  .refine(
    (url) => new URL(url).username === "" && new URL(url).password === "",
    "must not contain a user name or a password",
  );

const safeUrl = httpUrl.refine(isSafeUrl, "must be https (http only on localhost)");

/** A bare origin: scheme, host and port, no path and no trailing slash. Clients compare it byte by byte. */
export const originUrl = safeUrl.refine(
  (url) => url === new URL(url).origin,
  "must be a bare origin such as https://taiga-mcp.example.com, without a path or a trailing slash",
);

export const port = count({ minimum: 0, maximum: 65_535 });

export const flag = z
  .enum(["true", "false"], "must be true or false")
  .transform((value) => value === "true");

/** Settings that both services read, so that one .env file serves them all. */
export const sharedSettings = {
  PUBLIC_URL: originUrl.optional().meta({
    description:
      "The public address of this installation, if one host serves both services. Leave it unset on your own machine.",
  }),
  ISSUER: originUrl.optional().meta({
    description: "The authorization server's public address, if it differs from PUBLIC_URL.",
    defaultText: "PUBLIC_URL, or http://localhost:3001",
  }),
  MCP_URL: safeUrl
    .refine((url) => !url.endsWith("/"), "must not end with a slash")
    .refine((url) => new URL(url).pathname !== "/", "must have a path, such as /mcp")
    .optional()
    .meta({
      description: "The MCP endpoint's public address, if it differs from PUBLIC_URL/mcp.",
      defaultText: "PUBLIC_URL/mcp, or http://localhost:3002/mcp",
    }),
  TAIGA_API_URL: httpUrl.transform(toTaigaApiUrl).optional().meta({
    description:
      "The address of your Taiga's API, with or without /api/v1; it may contain a path. If unset, the sandbox with demo data is used, on this machine only.",
    defaultText: "http://localhost:3003/api/v1 (the sandbox)",
  }),
  TAIGA_WEB_URL: httpUrl
    .transform((url) => url.replace(/\/+$/, ""))
    .optional()
    .meta({
      description:
        "The address at which people open Taiga in a browser; links in answers start with it.",
      defaultText: "TAIGA_API_URL without /api/v1",
    }),
  SANDBOX_API_URL: httpUrl.default("http://localhost:3003/api/v1").meta({
    description: "The address of the sandbox's API, used if TAIGA_API_URL is not set.",
  }),
  ALLOW_HTTP_TAIGA: flag.default(false).meta({
    description: "Allow plain http to a Taiga on another machine.",
  }),
  ...taigaConnectionSettings,
  ACCESS_LIMIT: z
    .enum(ACCESS_LEVELS, `must be one of ${ACCESS_LEVELS.join(", ")}`)
    .default("admin")
    .meta({
      description:
        "The highest access level that any client can have, whatever its user agrees to: read, write, delete or admin. Levels that no tool needs are never offered.",
    }),
  AUTH_SERVER_PORT: port.default(3001).meta({
    description: "The port the authorization server listens on for clients and browsers.",
  }),
  RESOURCE_SERVER_PORT: port.default(3002).meta({
    description: "The port the resource server listens on.",
  }),
  RUNNING_IN_CONTAINER: flag.default(false).meta({
    description:
      "Set to true in the container images. localhost is the container itself there, so a TAIGA_API_URL on localhost is reported at start.",
  }),
  RS_CLIENT_ID: z.string().min(1).default("taiga-mcp-resource-server").meta({
    description:
      "The client id with which the resource server authenticates to the authorization server.",
  }),
  RS_CLIENT_SECRET: z.string().min(32, "must be at least 32 characters long").optional().meta({
    description:
      "The client secret with which the resource server authenticates to the authorization server.",
    defaultText: "made at first start, in DATA_DIR",
    secret: true,
  }),
  STORE_URL: z
    .string()
    .regex(
      /^(sqlite:$|rediss?(\+sentinel)?:\/\/)/,
      "must be sqlite: or start with redis://, rediss://, redis+sentinel:// or rediss+sentinel://",
    )
    .default("sqlite:")
    .meta({
      description:
        "Where the services store their data: sqlite: for a file in DATA_DIR, on one machine; a redis:// or rediss:// URL for several replicas.",
      secret: true,
    }),
  ALLOW_EVICTING_STORE: flag.default(false).meta({
    description:
      "Allow a Redis whose maxmemory-policy deletes entries when memory runs out. People lose their logins when it does.",
  }),
  DATA_DIR: z
    .string()
    .default(".data")
    .transform((folder) => path.resolve(folder))
    .meta({
      description: "The folder for keys, secrets and SQLite files.",
      defaultText: ".data",
    }),
  LOG_LEVEL: z
    .enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(", ")}`)
    .default("info")
    .meta({
      description: `The lowest level of messages that are logged: ${LOG_LEVELS.join(", ")}.`,
    }),
  TRUST_PROXY: count({ minimum: 0, maximum: 10 }).default(0).meta({
    description:
      "The number of reverse proxies in front of the services. Only the client's address is read from their headers, never the public address.",
  }),
};

/** The spelling of a Taiga API address that everything else uses: with /api/v1, no trailing slash. */
export function toTaigaApiUrl(url: string): string {
  const { origin, pathname } = new URL(url);
  const base = pathname.replace(/\/+$/, "");
  return `${origin}${base.endsWith("/api/v1") ? base : `${base}/api/v1`}`;
}
