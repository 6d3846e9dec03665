import { type RequestHandler, Router } from "express";

const ok: RequestHandler = (_req, res) => {
  res.set("Cache-Control", "no-store").json({ status: "ok" });
};

/** GET /healthz: the process answers. */
export const createHealthRoute = (): Router => Router().get("/healthz", ok);

/** GET /readyz: the store answers, too; 503 otherwise. */
export const createReadinessRoute = (store: { ping(): Promise<void> }): Router =>
  Router().get(
    "/readyz",
    async (_req, _res, next) => {
      await store.ping();
      next();
    },
    ok,
  );
