// Two authorization servers on one store, on machines that a test breaks in every way.
import { UnavailableError } from "@taiga-mcp/service";
import { createSqliteKv, type Kv } from "@taiga-mcp/store";
import { AsyncLocalStorage } from "node:async_hooks";
import { setTimeout as delay } from "node:timers/promises";
import { vi } from "vitest";
import { startSystem, type System } from "../support/system.ts";

export const ACCESS_TOKEN_SECONDS = 600;
export const GRANT_SECONDS = 7_200;
export const GRACE_SECONDS = 30;
export const CODE_SECONDS = 60;

/** How a write goes wrong. */
export interface Loss {
  /** Counted from 1, from the beginning of the next request. */
  nthWrite: number;
  isPerformed: boolean;
  /** Whether the store answers again at once or is down for the retry, or the process dies. */
  outcome: "up" | "down" | "killed";
}

export interface Replica {
  url: string;
  /** The store does not answer it. */
  isCut: boolean;
  /** Loses a write of the next request. */
  lose(loss: Loss): void;
  /** The store is up again, and no write is lost; starts the process again if it died. */
  recover(): Promise<void>;
  /** A kill, and a new process. */
  restart(): Promise<void>;
}

export interface Replicas {
  issuer: string;
  replicas: readonly [Replica, Replica];
  /** A third one, which nothing happens to: users log in there, and tests look at tokens. */
  system: System;
  /** The store's time, in epoch seconds. It stands still between calls of `advance`. */
  now(): number;
  advance(seconds: number): void;
  close(): Promise<void>;
}

/**
 * @param skewSeconds how far the clock of each machine is ahead of the store's.
 * @param pause before each request to the store, so that requests overtake each other.
 */
export async function startReplicas(
  skewSeconds: readonly [number, number],
  pause: () => Promise<void> = async () => {},
): Promise<Replicas> {
  let nowMs = Date.parse("2026-11-20T12:00:00Z");
  const skew = new AsyncLocalStorage<number>();
  const wall = vi
    .spyOn(Date, "now")
    .mockImplementation(() => nowMs + 1_000 * (skew.getStore() ?? 0));
  const now = (): number => Math.floor(nowMs / 1_000);
  const kv = createSqliteKv({ file: ":memory:", clock: now });
  const systems: System[] = [];
  const start = async (ahead: number, own: Kv): Promise<System> => {
    const system = await startSystem({
      kv: own,
      clock: now,
      settings: {
        ...(systems[0] && { ISSUER: systems[0].issuer }),
        ACCESS_TOKEN_TTL_SECONDS: String(ACCESS_TOKEN_SECONDS),
        GRANT_TTL_SECONDS: String(GRANT_SECONDS),
        REFRESH_GRACE_SECONDS: String(GRACE_SECONDS),
        AUTHORIZATION_CODE_TTL_SECONDS: String(CODE_SECONDS),
        MAX_GRANTS_PER_USER: "1000",
        REGISTRATIONS_PER_HOUR: "100000",
        REGISTRATIONS_PER_HOUR_TOTAL: "100000",
      },
      sleep: async (ms) => delay(ms),
      around: (handle) => skew.run(ahead, handle),
    });
    systems.push(system);
    return system;
  };
  const system = await start(0, kv);
  const replicas: [Replica, Replica] = [
    await createReplica(kv, pause, (own) => start(skewSeconds[0], own)),
    await createReplica(kv, pause, (own) => start(skewSeconds[1], own)),
  ];
  return {
    issuer: system.issuer,
    replicas,
    system,
    now,
    advance: (seconds) => void (nowMs += seconds * 1_000),
    close: async () => {
      await Promise.all(systems.map((each) => each.close()));
      await kv.close();
      wall.mockRestore();
    },
  };
}

async function createReplica(
  kv: Kv,
  pause: () => Promise<void>,
  start: (own: Kv) => Promise<System>,
): Promise<Replica> {
  let line = createLine(kv, pause);
  const replica: Replica = {
    url: (await start(line.kv)).url,
    get isCut() {
      return line.state.isCut;
    },
    set isCut(isCut) {
      line.state.isCut = isCut;
    },
    lose: (loss) => line.lose(loss),
    recover: async () => {
      line.lose(undefined);
      if (line.state.isDead) await replica.restart();
    },
    // The old process keeps its line to the store, and never gets through again.
    restart: async () => {
      const { isCut } = line.state;
      line.state.isDead = true;
      line = createLine(kv, pause);
      line.state.isCut = isCut;
      replica.url = (await start(line.kv)).url;
    },
  };
  return replica;
}

const WRITES: ReadonlySet<string> = new Set<keyof Kv>([
  "set",
  "setIfAbsent",
  "replace",
  "compareAndSet",
  "touch",
  "delete",
  "compareAndDelete",
  "deleteMembers",
]);

/** One process's connection to the store. */
function createLine(kv: Kv, pause: () => Promise<void>) {
  const state = { isCut: false, isDead: false, isDown: false };
  let armed: Loss | undefined;
  let writes = 0;

  async function call(name: keyof Kv, args: unknown[]): Promise<unknown> {
    await pause();
    const perform = () => (kv[name] as (...all: unknown[]) => Promise<unknown>)(...args);
    if (state.isCut || state.isDead || state.isDown) throw gone();
    if (armed === undefined || !WRITES.has(name)) return await perform();
    writes += 1;
    if (writes !== armed.nthWrite) return await perform();
    const { isPerformed, outcome } = armed;
    armed = undefined;
    state.isDead = outcome === "killed";
    state.isDown = outcome === "down";
    if (isPerformed) await perform();
    throw gone();
  }

  return {
    state,
    kv: new Proxy({} as Kv, {
      get: (_target, name: keyof Kv) =>
        name === "scan"
          ? (prefix: string) => kv.scan(prefix)
          : (...args: unknown[]) => call(name, args),
    }),
    lose: (loss: Loss | undefined): void => {
      armed = loss;
      writes = 0;
      state.isDown = false;
    },
  };
}

const gone = (): UnavailableError => new UnavailableError("The store does not answer.");
