import { Router } from "express";
import { type HomePage, renderHomePage } from "./views/home-page.ts";
import { assets } from "./views/assets.ts";

/** GET / and the files below /assets/, which never change under their names. */
export function createPublicPages(home: HomePage): Router {
  const router = Router();
  router.get("/", async (_req, res) => {
    res
      .set("Cache-Control", "no-cache")
      .type("html")
      .send(await renderHomePage(home));
  });
  for (const { path, contentType, content } of assets) {
    router.get(path, (_req, res) => {
      res
        .set("Cache-Control", "public, max-age=31536000, immutable")
        .set("Content-Type", contentType)
        .send(content);
    });
  }
  return router;
}
