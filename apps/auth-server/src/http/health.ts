import { type RequestHandler, Router } from "express";
import type { RootKeys } from "../secrets/root-keys.ts";
import { createKeyGuard } from "./require-keys.ts";

const ok: RequestHandler = (_req, res) => {
  res.set("Cache-Control", "no-store").json({ status: "ok" });
};

/** GET /healthz: the process is running. */
export const createHealthRoute = (): Router => Router().get("/healthz", ok);

export interface ReadinessDeps {
  store: { ping(): Promise<void> };
  rootKeys: Pick<RootKeys, "isFresh" | "refresh">;
}

/** GET /readyz: 200 when the store answers and the keys are known, otherwise 503. */
export const createReadinessRoute = ({ store, rootKeys }: ReadinessDeps): Router =>
  Router().get(
    "/readyz",
    async (_req, _res, next) => {
      await store.ping();
      next();
    },
    createKeyGuard(rootKeys),
    ok,
  );
