import {
  type AccessLevel,
  type Addresses,
  type Environment,
  type LogLevel,
  readEnvironment,
  resolveAddresses,
  resolveOwnSecret,
  resolveTaigaConnection,
  sharedSettings,
  type TaigaConnection,
} from "@taiga-mcp/service";
import { z } from "zod";
import { TOOLSETS, type Toolset } from "@taiga-mcp/taiga-tools";

const isBareOrigin = (url: string): boolean => url === new URL(url).origin;

const toList = (text: string): string[] =>
  text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");

/** Every setting of the resource server, with its description. */
export const ResourceServerSettings = z.object({
  ...sharedSettings,
  RESOURCE_SERVER_HOST: z.string().min(1).default("127.0.0.1").meta({
    description: "The address on which the resource server listens.",
  }),
  AUTH_SERVER_INTERNAL_URL: z
    .url({ protocol: /^https?$/, error: "must be an absolute http or https URL", abort: true })
    .refine(isBareOrigin, "must be a bare origin, without a path or a trailing slash")
    .default("http://127.0.0.1:3011")
    .meta({
      description:
        "The address at which the resource server reaches the authorization server's private listener. Use plain http only on one machine or in a private network.",
    }),
  INTROSPECTION_CACHE_SECONDS: z.coerce
    .number("must be a number of seconds")
    .int("must be a whole number of seconds")
    .min(0, "must be at least 0")
    .max(30, "must be at most 30")
    .default(30)
    .meta({
      description:
        "For how many seconds the resource server caches the introspection of an access token. Revocations still take effect at once. 0 turns the cache off.",
    }),
  TOOLSETS: z
    .string()
    .default("core")
    .transform(toList)
    .pipe(
      z
        .array(z.enum(TOOLSETS, `must be a comma-separated list of ${TOOLSETS.join(", ")}`))
        .min(1, "must name at least one toolset"),
    )
    .meta({
      description: `The comma-separated toolsets to offer: ${TOOLSETS.join(", ")}.`,
      defaultText: "core",
    }),
  TAIGA_MAX_PARALLEL: z.coerce
    .number("must be a number")
    .int("must be a whole number")
    .min(1, "must be at least 1")
    .max(256, "must be at most 256")
    .default(16)
    .meta({ description: "The maximum number of concurrent requests to Taiga." }),
  TAIGA_TIMEOUT_MS: z.coerce
    .number("must be a number of milliseconds")
    .int("must be a whole number of milliseconds")
    .min(100, "must be at least 100")
    .max(120_000, "must be at most 120000")
    .default(10_000)
    .meta({ description: "How long to wait for a response from Taiga, in milliseconds." }),
  ALLOWED_ORIGINS: z
    .string()
    .transform(toList)
    .pipe(
      z.array(
        z
          .url({
            protocol: /^https?$/,
            error: "must be a comma-separated list of http(s) origins",
            abort: true,
          })
          .refine(isBareOrigin, "must be bare origins such as https://app.example.com"),
      ),
    )
    .optional()
    .meta({
      description:
        "Comma-separated origins of web pages that may call the MCP endpoint from a browser. Clients outside a browser need no entry.",
      defaultText: "the MCP endpoint's own origin, and localhost if the endpoint is on localhost",
    }),
});

/** What the resource server runs with, resolved and checked. */
export interface Config extends Addresses {
  /** The authorization server's private listener, a bare origin. */
  authServerUrl: string;
  clientId: string;
  clientSecret: string;
  introspectionCacheSeconds: number;
  listener: { host: string; port: number };
  taigaConnection: TaigaConnection;
  taigaTimeoutMs: number;
  taigaMaxParallel: number;
  /** The most any client may do, whatever a user agreed to. */
  accessLimit: AccessLevel;
  toolsets: readonly Toolset[];
  /** Origins of web pages beyond our own that may call the MCP endpoint. */
  allowedOrigins: readonly string[];
  storeUrl: string;
  dataDir: string;
  logLevel: LogLevel;
  /** Reverse proxies in front; used for client addresses only. */
  trustProxy: number;
}

/**
 * Reads the configuration once, before anything opens a port.
 * @throws {ConfigurationError} that names the variable and the rule.
 */
export function parseConfig(environment: Environment): Config {
  const settings = readEnvironment(ResourceServerSettings, environment);
  return {
    ...resolveAddresses(settings),
    taigaConnection: resolveTaigaConnection(settings),
    authServerUrl: settings.AUTH_SERVER_INTERNAL_URL,
    clientId: settings.RS_CLIENT_ID,
    clientSecret:
      settings.RS_CLIENT_SECRET ??
      resolveOwnSecret(settings, "RS_CLIENT_SECRET", "rs-client-secret"),
    introspectionCacheSeconds: settings.INTROSPECTION_CACHE_SECONDS,
    listener: { host: settings.RESOURCE_SERVER_HOST, port: settings.RESOURCE_SERVER_PORT },
    taigaTimeoutMs: settings.TAIGA_TIMEOUT_MS,
    taigaMaxParallel: settings.TAIGA_MAX_PARALLEL,
    accessLimit: settings.ACCESS_LIMIT,
    toolsets: settings.TOOLSETS,
    allowedOrigins: settings.ALLOWED_ORIGINS ?? [],
    storeUrl: settings.STORE_URL,
    dataDir: settings.DATA_DIR,
    logLevel: settings.LOG_LEVEL,
    trustProxy: settings.TRUST_PROXY,
  };
}
