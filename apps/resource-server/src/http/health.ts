import type { Logger } from "@taiga-mcp/service";
import type { Kv, StoreWatch } from "@taiga-mcp/store";
import { Router } from "express";

export interface HealthDeps {
  store: Pick<Kv, "ping">;
  storeWatch: Pick<StoreWatch, "readiness">;
  /** The authorization server's private listener, a bare origin. */
  authServerUrl: string;
  /** What is wrong with the credentials for the authorization server, if anything. */
  ownCredentials: { problem(): string | undefined };
  fetch: typeof globalThis.fetch;
  logger: Logger;
}

const TIMEOUT_MS = 2_000;

/**
 * `/healthz`: the process runs. `/readyz`: the store and the authorization server respond as well, and
 * the latter accepts this server's credentials; otherwise 503 with the names of those that do not, and
 * with the reason if it is the credentials. The status is "degraded", with the reasons, while the store
 * is set up to lose entries.
 */
export function createHealth(deps: HealthDeps): Router {
  const { store, storeWatch, authServerUrl, ownCredentials, fetch, logger } = deps;
  const checks = {
    store: () => store.ping(),
    auth_server: async () => {
      const response = await fetch(`${authServerUrl}/readyz`, {
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      await response.body?.cancel();
      if (!response.ok) throw new Error(`It responded with ${response.status}.`);
    },
  };
  return Router()
    .get("/healthz", (_req, res) => {
      res.set("Cache-Control", "no-store").json({ status: "ok" });
    })
    .get("/readyz", async (_req, res) => {
      const results = await Promise.all(
        Object.entries(checks).map(async ([name, check]) => {
          try {
            await check();
            return [name, "ok"] as const;
          } catch (error) {
            logger.warn({ err: error, check: name }, "readiness check failed");
            return [name, "unavailable"] as const;
          }
        }),
      );
      // Logged where it is found, once a minute.
      const reason = ownCredentials.problem();
      const isReady = reason === undefined && results.every(([, result]) => result === "ok");
      res
        .status(isReady ? 200 : 503)
        .set("Cache-Control", "no-store")
        .json({
          ...(isReady ? storeWatch.readiness() : { status: "unavailable" }),
          checks: {
            ...Object.fromEntries(results),
            credentials: reason === undefined ? "ok" : "refused",
          },
          ...(reason !== undefined && { reason }),
        });
    });
}
