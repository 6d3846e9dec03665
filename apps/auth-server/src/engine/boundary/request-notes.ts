import type { IncomingMessage } from "node:http";

/** A redirect URI that a registration left out. */
export interface RefusedRedirectUri {
  /** As the client sent it, shortened. */
  uri: string;
  /** Names the rule. */
  reason: string;
}

/** What our routes found out about a request before the engine gets it. */
export interface RequestNotes {
  /** Few requests of this kind came from the network lately. */
  isNewcomer: boolean;
  refusedRedirectUris: readonly RefusedRedirectUri[];
}

const NOTHING: RequestNotes = { isNewcomer: false, refusedRedirectUris: [] };

const notes = new WeakMap<IncomingMessage, RequestNotes>();

export const notesOf = (req: IncomingMessage | undefined): RequestNotes =>
  (req && notes.get(req)) ?? NOTHING;

/** Adds to what is known about a request. */
export const noteOn = (req: IncomingMessage, note: Partial<RequestNotes>): void =>
  void notes.set(req, { ...notesOf(req), ...note });
