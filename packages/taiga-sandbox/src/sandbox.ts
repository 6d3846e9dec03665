import { rmSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import type { Express } from "express";
import { createApp } from "./app.ts";
import { createControlRoom, type Control } from "./control.ts";
import { dispatch, type SandboxRequest, type SandboxResponse } from "./http/in-process.ts";
import { createMedia } from "./items/media.ts";
import type { Context } from "./model/context.ts";
import { createPersistence, loadState } from "./model/persistence.ts";
import { actAs, type ActingUser } from "./demo/act-as.ts";
import { createSeed, type SeedName } from "./demo/index.ts";
import type { Seed } from "./demo/seed.ts";
import { findByUsername } from "./model/rows.ts";
import type { State } from "./model/state.ts";
import { createWebhooks } from "./webhooks/announcements.ts";
import { createTokens } from "./auth/tokens.ts";

export interface SandboxOptions {
  clock: () => Date;
  /** Signs the tokens; sandboxes with the same secret accept each other's tokens. */
  secret: string;
  /** The state file. If omitted, the state is in memory only. */
  file?: string;
  /** The content of a fresh sandbox; an existing file takes precedence. */
  seed: SeedName | Seed;
  /** Whether webhooks may reach private and loopback addresses; Taiga's own default is no. */
  allowPrivateWebhooks?: boolean;
  /** The redirect address of the external applications; defaults to the seed's. */
  applicationNextUrl?: string;
}

/** Where the links in deliveries lead; there are no such pages. */
const LINKS = "http://taiga.example";

/** A simulated Taiga 6.10 server. */
export interface Sandbox {
  /** Serves the API under `/api/v1`. Bind it to loopback addresses only. */
  app: Express;
  /** Sends a request without a network. */
  handle(request: SandboxRequest): Promise<SandboxResponse>;
  /** The current tables; `reset` fills them again. */
  readonly state: State;
  /** @throws {Error} when no user has this name. */
  as(username: string): ActingUser;
  /**
   * Issues tokens without a login.
   *
   * @throws {Error} when no user has this name.
   */
  issueTokens(username: string): Promise<{ auth_token: string; refresh: string }>;
  /** Resolves when all changes so far are on disk; at once without a file. */
  flush(): Promise<void>;
  /** Resolves when all deliveries to webhooks so far are over. */
  deliveries(): Promise<void>;
  /** Resets to the seed, or to another one; issued tokens stay valid. */
  reset(seed?: SeedName | Seed): void;
  control: Control;
}

/** @throws {StateFileError} when the file is not a state file. */
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
  const saveSoon = (): void => persistence?.schedule();
  const allowPrivate = (): boolean => options.allowPrivateWebhooks === true;
  const webhooks = createWebhooks({ state, clock }, { links: LINKS, allowPrivate, saveSoon });
  const context: Context = {
    state,
    clock,
    announce: webhooks.announce,
    get beforeSave() {
      const { beforeSave, workerDelayMs } = room.control;
      if (beforeSave !== undefined || workerDelayMs === 0) return beforeSave;
      return () => setTimeout(workerDelayMs);
    },
    takeTime: async (items) => {
      const { bulkItemMs } = room.control;
      if (bulkItemMs > 0) await setTimeout(items * bulkItemMs);
    },
  };
  const app = createApp({
    context,
    tokens,
    media: createMedia({ secret, clock, state }),
    room,
    webhooks,
    allowPrivate,
    saveSoon,
  });
  return {
    app,
    handle: (request) => dispatch(app, request),
    state,
    as: (username) => actAs(context, username),
    issueTokens: async (username) => tokens.issue(findByUsername(state, username).id),
    control: room.control,
    flush: async () => persistence?.flush(),
    deliveries: webhooks.idle,
    reset: (next = seed) => {
      Object.assign(state, createSeed(next, clock()));
      register();
      room.clear();
      persistence?.schedule();
    },
  };
}

/** Deletes a stored state, so that the next start begins with the seed. */
export const deleteState = (file: string): void => rmSync(file, { force: true });
