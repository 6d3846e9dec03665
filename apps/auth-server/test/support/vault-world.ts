import { type Clock, createLogger } from "@taiga-mcp/service";
import { createSqliteKv, type Kv } from "@taiga-mcp/store";
import { expect } from "vitest";
import { createSealer } from "../../src/secrets/seal.ts";
import type { TaigaAccount, TaigaCredentialRecord } from "../../src/login/login-backend.ts";
import { createKeyNames } from "../../src/storage/key-names.ts";
import { createRefreshSchedule } from "../../src/vault/refresh-schedule.ts";
import { createVault, type Vault, type VaultDeps } from "../../src/vault/vault.ts";
import { createTaigaChains, type TaigaChains } from "./taiga-chains.ts";
import { ada, toAccount } from "./ada.ts";
import { createRootKeys } from "./root-keys.ts";

export const START = 1_790_000_000;
export const HOUR = 3_600;
export const DAY = 24 * HOUR;
export const GRANT_TTL = 30 * DAY;

export const keys = createKeyNames("https://taiga.example.com/api/v1");
export const seal = createSealer(createRootKeys(7), "vault");
export const logger = createLogger({ name: "test", level: "silent" });
export const toAccountId = (userId: number): string => `taiga.${userId}`;

/** Runs all pending work that needs no time. */
export const settle = (): Promise<void> => new Promise(setImmediate);

/** A vault with a store, a Taiga and a clock that tests control. */
export interface VaultWorld {
  /** Epoch seconds. */
  now: number;
  clock: Clock;
  kv: Kv;
  taiga: TaigaChains;
  vault: Vault;
  /** Grants that the vault has ended. */
  ended: string[];
  /** Credentials that the vault must revoke at Taiga later. */
  noted: TaigaCredentialRecord[];
  /** Credentials that the vault released at Taiga. */
  released: TaigaCredentialRecord[];
  /** Tokens whose user Taiga was asked for. */
  asked: string[];
  /** Taiga's answer: the token's user. */
  account: () => Promise<TaigaAccount>;
  /** Creates another replica that shares only the store and Taiga. */
  createReplica(overrides?: Partial<VaultDeps>): Vault;
  /** @returns the access token of a new login, which now belongs to the grant. */
  connect(grantId?: string): Promise<string>;
}

export function createVaultWorld(): VaultWorld {
  let now = START;
  const clock: Clock = () => now;
  const memory = createSqliteKv({ file: ":memory:", clock });
  const createReplica = (overrides: Partial<VaultDeps> = {}): Vault => {
    const { kv = memory } = overrides;
    return createVault({
      kv,
      seal,
      clock,
      refresh: (refreshToken, signal) => world.taiga.refresh(refreshToken, signal),
      whoIs: async (credential) => {
        world.asked.push(credential.token);
        return await world.account();
      },
      applicationTokens: {
        note: async (credential) => void world.noted.push(credential),
        release: async (credential) => void world.released.push(credential),
      },
      toAccountId,
      ttlSeconds: GRANT_TTL,
      endGrant: async (grantId) => void world.ended.push(grantId),
      keys,
      schedule: createRefreshSchedule({ kv, clock, keys }),
      logger,
      sleep: createSleep((seconds) => {
        now += seconds;
      }),
      ...overrides,
    });
  };
  const world: VaultWorld = {
    get now() {
      return now;
    },
    set now(seconds) {
      now = seconds;
    },
    clock,
    kv: memory,
    taiga: createTaigaChains(clock),
    vault: createReplica(),
    ended: [],
    noted: [],
    released: [],
    asked: [],
    account: async () => toAccount(),
    createReplica,
    connect: async (grantId = "grant") => {
      const credential = world.taiga.login();
      await world.vault.hold("uid", { user: ada.user, credential });
      expect(await world.vault.claim("uid", grantId)).toBe(true);
      return credential.token;
    },
  };
  return world;
}

/** A sleep that moves the clock, which counts whole seconds. */
function createSleep(pass: (seconds: number) => void): (ms: number) => Promise<void> {
  let waitedMs = 0;
  return async (ms) => {
    waitedMs += ms;
    if (waitedMs >= 1_000) {
      pass(Math.floor(waitedMs / 1_000));
      waitedMs %= 1_000;
    }
    await settle();
  };
}
