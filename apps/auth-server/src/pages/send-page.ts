import type { Response } from "express";

/** Sends a page that must not be cached. */
export function sendPage(res: Response, status: number, page: string): void {
  res.status(status).set("Cache-Control", "no-store").type("html").send(page);
}
