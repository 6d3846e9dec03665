import type { StoreWatch } from "@taiga-mcp/store";
import { Router } from "express";
import type { RootKeys } from "../secrets/root-keys.ts";
import { createKeyGuard } from "./require-keys.ts";

/** GET /healthz: the process is running. */
export const createHealthRoute = (): Router =>
  Router().get("/healthz", (_req, res) => {
    res.set("Cache-Control", "no-store").json({ status: "ok" });
  });

export interface ReadinessDeps {
  store: { ping(): Promise<void> };
  storeWatch: Pick<StoreWatch, "readiness">;
  rootKeys: Pick<RootKeys, "isFresh" | "refresh">;
}

/**
 * GET /readyz: 200 when the store answers and the keys are known, otherwise 503. The status is
 * "degraded", with the reasons, while the store is set up to lose logins.
 */
export const createReadinessRoute = ({ store, storeWatch, rootKeys }: ReadinessDeps): Router =>
  Router().get(
    "/readyz",
    async (_req, _res, next) => {
      await store.ping();
      next();
    },
    createKeyGuard(rootKeys),
    (_req, res) => {
      res.set("Cache-Control", "no-store").json(storeWatch.readiness());
    },
  );
