import type { z } from "zod";
import { lowestLevel } from "./access-level.ts";
import { TOOL_ACCESS } from "./tool-access.ts";
import { resolveAddresses } from "./addresses.ts";
import { resolveOwnSecret } from "./secret-file.ts";
import type { sharedSettings } from "./settings.ts";
import { resolveTaigaConnection } from "./taiga-connection.ts";

/**
 * Resolves the settings that both services have, grouped by consumer: each service's `parseConfig`
 * spreads it and adds its own.
 *
 * @throws {ConfigurationError} as the functions it calls, in the order of their lines.
 */
export const resolveSharedConfig = (settings: z.output<z.ZodObject<typeof sharedSettings>>) => ({
  ...resolveAddresses(settings),
  taigaConnection: resolveTaigaConnection(settings),
  /** How the resource server logs in at the authorization server. */
  resourceServer: {
    clientId: settings.RS_CLIENT_ID,
    clientSecret:
      settings.RS_CLIENT_SECRET ??
      resolveOwnSecret(settings, "RS_CLIENT_SECRET", "rs-client-secret"),
  },
  store: {
    url: settings.STORE_URL,
    dataDir: settings.DATA_DIR,
    allowsEviction: settings.ALLOW_EVICTING_STORE,
  },
  /** The most that any client may do, whatever a user agrees to: never more than the tools need. */
  accessLimit: lowestLevel(
    settings.ACCESS_LIMIT,
    ...TOOL_ACCESS.slice(-1).map(({ level }) => level),
  ),
  logLevel: settings.LOG_LEVEL,
});
