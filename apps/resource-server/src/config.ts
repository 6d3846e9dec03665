import { type Environment, readEnvironment, resolveSharedConfig } from "@taiga-mcp/service";
import { ResourceServerSettings } from "./settings.ts";

/** What the resource server runs with, resolved and checked, grouped by consumer. */
export type Config = ReturnType<typeof parseConfig>;

/**
 * Reads the configuration once, before anything opens a port.
 * @throws {ConfigurationError} that names the variable and the rule.
 */
export function parseConfig(environment: Environment) {
  const settings = readEnvironment(ResourceServerSettings, environment);
  return {
    ...resolveSharedConfig(settings),
    /** The authorization server's private listener, a bare origin. */
    authServerUrl: settings.AUTH_SERVER_INTERNAL_URL,
    requestsPerMinute: settings.REQUESTS_PER_MINUTE,
    /** Of the tool calls of one grant. */
    callLimits: {
      read: { perMinute: settings.READS_PER_MINUTE, parallel: settings.PARALLEL_READS },
      write: { perMinute: settings.WRITES_PER_MINUTE, parallel: settings.PARALLEL_WRITES },
      expensive: { perMinute: settings.SEARCHES_PER_MINUTE, parallel: settings.PARALLEL_SEARCHES },
    },
    refusalsPerMinute: settings.REFUSALS_PER_MINUTE,
    introspectionCacheSeconds: settings.INTROSPECTION_CACHE_SECONDS,
    listener: {
      host: settings.RESOURCE_SERVER_HOST,
      port: settings.RESOURCE_SERVER_PORT,
      setting: "RESOURCE_SERVER_PORT",
      /** Reverse proxies in front; used for client addresses only. */
      trustProxy: settings.TRUST_PROXY,
    },
    /** Origins of web pages, besides this server's own, that may call the MCP endpoint. */
    allowedOrigins: settings.ALLOWED_ORIGINS ?? [],
    toolsets: settings.TOOLSETS.offered,
    /** For clients that load descriptions up front, with an address that names none. */
    defaultToolsets: settings.TOOLSETS.byDefault,
    answers: settings.ANSWERS,
    taigaLimits: {
      timeoutMs: settings.TAIGA_TIMEOUT_MS,
      maxParallel: settings.TAIGA_MAX_PARALLEL,
    },
  };
}
