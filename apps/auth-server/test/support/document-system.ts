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

/** An authorization server that takes clients' metadata documents, and the host they are on. */
export interface DocumentSystem {
  host: DocumentHost;
  system: System;
  /** Another server that fetches from the host; closed with the rest. */
  start(options?: SystemOptions): Promise<System>;
  /** A process that has nothing in memory, on the same store and under the same name. */
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
      start({ kv: system.kv, settings: { ISSUER: system.issuer, ...settings } }),
    close: async () => {
      await Promise.all(started.map((each) => each.close()));
      await host.close();
    },
  };
}

/** Opens the login as a client's user does, and goes no further. */
export const openLogin = (
  at: System,
  clientId: string,
  redirectUri = REDIRECT_URI,
): Promise<Answer> => {
  const params = toAuthorizeParams(clientId, createPkce(), { redirect_uri: redirectUri });
  return request(`${at.url}/authorize?${params.toString()}`);
};

/** Refreshes at one of several servers that have the same issuer. */
export const refreshAt = (at: System, clientId: string, token: string): Promise<Answer> =>
  refresh({ issuer: at.url }, clientId, token);
