import { rmSync } from "node:fs";
import type { Express } from "express";
import { createApp } from "./app.ts";
import { createControlRoom, type Control } from "./control.ts";
import { createMedia } from "./media.ts";
import { createPersistence, loadState } from "./persistence.ts";
import { createSeed, type SeedName } from "./seed/index.ts";
import { createTokens } from "./tokens.ts";

export interface SandboxOptions {
  clock: () => Date;
  /** Signs the tokens; two sandboxes with the same one accept each other's. */
  secret: string;
  /** Where the state is kept. Left out, it lives in memory only. */
  file?: string;
  /** What a fresh sandbox holds; an existing file wins over it. */
  seed: SeedName;
  /** Where browsers are sent back to by the external applications; as seeded when left out. */
  applicationNextUrl?: string;
}

/** A stand-in for a Taiga 6.10 server. */
export interface Sandbox {
  /** Serves the API under `/api/v1`. Bind it to loopback addresses only. */
  app: Express;
  /** Resolves when everything up to now is on disk; at once when there is no file. */
  flush(): Promise<void>;
  /** Back to the seed, as if nothing had ever happened; tokens in use stay valid. */
  reset(): void;
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
  const app = createApp({
    context: { state, clock },
    tokens,
    media: createMedia({ secret, clock, state }),
    room,
    saveSoon: () => persistence?.schedule(),
  });
  return {
    app,
    control: room.control,
    flush: async () => persistence?.flush(),
    reset: () => {
      Object.assign(state, createSeed(seed, clock()));
      register();
      room.clear();
      persistence?.schedule();
    },
  };
}

/** Forgets a stored state, so that the next start begins with the seed. */
export const deleteState = (file: string): void => rmSync(file, { force: true });
