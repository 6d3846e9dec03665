import type { Response } from "express";

/** 303, so that the browser follows with a GET even after a POST. */
export function seeOther(res: Response, to: string): void {
  res.status(303).set({ "Cache-Control": "no-store", Location: to }).end();
}

/** Sends a page that must not be cached. */
export function sendPage(res: Response, status: number, page: string): void {
  res.status(status).set("Cache-Control", "no-store").type("html").send(page);
}
