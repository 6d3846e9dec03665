import {
  type Answer,
  createPkce,
  REDIRECT_URI,
  refresh,
  request,
  toAuthorizeParams,
} from "./client.ts";
import { type DocumentHost, startDocumentHost } from "./document-host.ts";
import { startSystem, type System, type SystemOptions } from "./system.ts";

/** An authorization server that accepts metadata documents, and the host that publishes them. */
export interface DocumentSystem {
  host: DocumentHost;
  system: System;
  /** Another server that fetches from the host; closed with the rest. */
  start(options?: SystemOptions): Promise<System>;
  /** A new process with empty caches, on the same store and with the same issuer. */
  restart(settings?: SystemOptions["settings"]): Promise<System>;
  close(): Promise<void>;
}

export async function startDocumentSystem(): Promise<DocumentSystem> {
  const host = await startDocumentHost();
  const started: System[] = [];
  const start = async (options: SystemOptions = {}): Promise<System> => {
    const next = await startSystem({ fetchDocument: host.fetch, ...options });
    started.push(next);
    return next;
  };
  const system = await start();
  return {
    host,
    system,
    start,
    restart: (settings = {}) =>
      start({ kv: system.store, settings: { ISSUER: system.issuer, ...settings } }),
    close: async () => {
      await Promise.all(started.map((each) => each.close()));
      await host.close();
    },
  };
}

/** Opens the login page as a client's user does, and stops there. */
export const openLogin = (
  at: System,
  clientId: string,
  redirectUri = REDIRECT_URI,
): Promise<Answer> => {
  const params = toAuthorizeParams(clientId, createPkce(), { redirect_uri: redirectUri });
  return request(`${at.url}/authorize?${params.toString()}`);
};

/** Refreshes on one of several servers with the same issuer. */
export const refreshAt = (at: System, clientId: string, token: string): Promise<Answer> =>
  refresh({ issuer: at.url }, clientId, token);
