import type { RequestHandler } from "express";
import type { RootKeys } from "../secrets/root-keys.ts";

/**
 * Lets nobody past while the keys were not read lately: a process that knows none cannot serve, and
 * one that was stopped for hours may know only keys that were retired meanwhile. They are read
 * then, and when that fails the answer is 503.
 */
export function createKeyGuard(rootKeys: Pick<RootKeys, "isFresh" | "refresh">): RequestHandler {
  const readFirst = async (next: () => void): Promise<void> => {
    await rootKeys.refresh();
    next();
  };
  return (_req, _res, next) => (rootKeys.isFresh() ? next() : readFirst(next));
}
