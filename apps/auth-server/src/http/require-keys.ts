import type { RequestHandler } from "express";
import type { RootKeys } from "../secrets/root-keys.ts";

/**
 * Requires keys that were read recently: a process without keys cannot serve requests, and one that
 * was suspended for hours may know only retired keys. If the keys are stale, they are read again; if
 * that fails, the response is 503.
 */
export function createKeyGuard(rootKeys: Pick<RootKeys, "isFresh" | "refresh">): RequestHandler {
  const readFirst = async (next: () => void): Promise<void> => {
    await rootKeys.refresh();
    next();
  };
  return (_req, _res, next) => (rootKeys.isFresh() ? next() : readFirst(next));
}
