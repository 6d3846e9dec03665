import { rmSync } from "node:fs";
import type { Express } from "express";
import { createApp } from "./app.ts";
import { createControlRoom, type Control } from "./control.ts";
import { dispatch, type SandboxRequest, type SandboxResponse } from "./http/in-process.ts";
import { createMedia } from "./items/media.ts";
import { createPersistence, loadState } from "./model/persistence.ts";
import { actAs, type ActingUser } from "./demo/act-as.ts";
import { createSeed, type SeedName } from "./demo/index.ts";
import type { Seed } from "./demo/seed.ts";
import { findByUsername } from "./model/rows.ts";
import type { State } from "./model/state.ts";
import { createTokens } from "./auth/tokens.ts";

export interface SandboxOptions {
  clock: () => Date;
  /** Signs the tokens; two sandboxes with the same one accept each other's. */
  secret: string;
  /** Where the state is kept. Left out, it lives in memory only. */
  file?: string;
  /** What a fresh sandbox holds; an existing file wins over it. */
  seed: SeedName | Seed;
  /** Where browsers are sent back to by the external applications; as seeded when left out. */
  applicationNextUrl?: string;
}

/** A stand-in for a Taiga 6.10 server. */
export interface Sandbox {
  /** Serves the API under `/api/v1`. Bind it to loopback addresses only. */
  app: Express;
  /** Sends a request without a network. */
  handle(request: SandboxRequest): Promise<SandboxResponse>;
  /** The tables as they are now; `reset` fills them anew. */
  readonly state: State;
  /** @throws {Error} when no user has this name. */
  as(username: string): ActingUser;
  /**
   * The tokens of a login, without the login.
   *
   * @throws {Error} when no user has this name.
   */
  issueTokens(username: string): Promise<{ auth_token: string; refresh: string }>;
  /** Resolves when everything up to now is on disk; at once when there is no file. */
  flush(): Promise<void>;
  /** Back to the seed, or to another one, as if nothing had happened; tokens in use stay valid. */
  reset(seed?: SeedName | Seed): void;
  control: Control;
}

/** @throws {StateFileError} when the file holds something else than a state. */
export function createSandbox(options: SandboxOptions): Sandbox {
  const { clock, secret, file, seed } = options;
  const stored = file === undefined ? undefined : loadState(file);
  const state = stored ?? createSeed(seed, clock());
  const register = (): void => {
    const next_url = options.applicationNextUrl;
    if (next_url === undefined) return;
    for (const application of state.applications) application.next_url = next_url;
  };
  register();
  const persistence = file === undefined ? undefined : createPersistence(file, state);
  if (stored === undefined) persistence?.schedule();
  const room = createControlRoom(state);
  const tokens = createTokens({
    secret,
    clock,
    lifetimes: room.control.tokenLifetimes,
    issued: room.issued,
  });
  const context = { state, clock };
  const app = createApp({
    context,
    tokens,
    media: createMedia({ secret, clock, state }),
    room,
    saveSoon: () => persistence?.schedule(),
  });
  return {
    app,
    handle: (request) => dispatch(app, request),
    state,
    as: (username) => actAs(context, username),
    issueTokens: async (username) => tokens.issue(findByUsername(state, username).id),
    control: room.control,
    flush: async () => persistence?.flush(),
    reset: (next = seed) => {
      Object.assign(state, createSeed(next, clock()));
      register();
      room.clear();
      persistence?.schedule();
    },
  };
}

/** Forgets a stored state, so that the next start begins with the seed. */
export const deleteState = (file: string): void => rmSync(file, { force: true });
