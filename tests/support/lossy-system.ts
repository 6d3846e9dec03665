// An authorization server whose store loses one chosen write, with clients and users that retry.
import { setTimeout as delay } from "node:timers/promises";
import {
  introspect,
  postJson,
  refresh,
  REDIRECT_URI,
  type Tokens,
} from "../../apps/auth-server/test/support/client.ts";
import { advance } from "../../apps/auth-server/test/support/time.ts";
import type { System } from "../../apps/auth-server/test/support/system.ts";
import { systemClock } from "../../packages/service/src/index.ts";
import { createSqliteKv } from "../../packages/store/src/index.ts";
import { createLossyKv, type Loss, LOSSES, type LossyKv } from "./lossy-kv.ts";
import { startAuthServer, type TaigaAddress } from "./outage-platform.ts";
import { createPatientPerson, type PatientLogin, untilAnswered } from "./patient-person.ts";
import { examineStore, type StoreReport } from "./store-invariants.ts";

/** Longer than a request may hold up another that waits for it. */
export const RETRY_SECONDS = 6;
const MAX_WRITES = 60;

export const WAYS = Object.keys(LOSSES) as Loss[];

export interface Registration {
  clientId: string;
  /** The RFC 7592 configuration endpoint; `authorization` is its header. */
  uri: string;
  authorization: string;
}

export interface LossySystem {
  kv: LossyKv;
  system: System;
  /** Seconds until clients and users retry. */
  retrySeconds: number;
  /** Advances the clock by that time and recovers the store. Needs a stopped clock. */
  wait: () => Promise<void>;
  register(): Promise<Registration>;
  logIn(clientId: string): Promise<PatientLogin>;
  /** @returns `undefined` when the client is told to log in again. */
  refresh(clientId: string, token: string): Promise<Tokens | undefined>;
  isActive(token: string): Promise<boolean>;
  examine(): Promise<StoreReport>;
  /**
   * Calls `run` repeatedly; it calls `kv.lose(nth, loss)` and loses its first write, then its second,
   * and so on until it has no further write.
   * @returns the lost writes, in order.
   */
  loseEachWrite(loss: Loss, run: (nth: number) => Promise<void>): Promise<string[]>;
  stop(): Promise<void>;
}

export async function startLossySystem(taiga: TaigaAddress): Promise<LossySystem> {
  const kv = createLossyKv(createSqliteKv({ file: ":memory:", clock: systemClock }));
  const system = await startAuthServer({ kv, taiga, sleep: () => delay(1) });
  const { issuer } = system;

  async function wait(): Promise<void> {
    kv.recover();
    advance(lossy.retrySeconds);
  }

  const lossy: LossySystem = {
    kv,
    system,
    retrySeconds: RETRY_SECONDS,
    wait,
    register: async () => {
      const body = { redirect_uris: [REDIRECT_URI] };
      const answer = await untilAnswered(() => postJson(`${issuer}/register`, body), wait);
      if (answer.status !== 201) throw new Error(`not registered: ${answer.text}`);
      return {
        clientId: String(answer.json["client_id"]),
        uri: String(answer.json["registration_client_uri"]),
        authorization: `Bearer ${String(answer.json["registration_access_token"])}`,
      };
    },
    logIn: (clientId) => createPatientPerson({ issuer, username: "alice", wait }).logIn(clientId),
    refresh: async (clientId, token) => {
      const answer = await untilAnswered(() => refresh(system, clientId, token), wait);
      if (answer.status === 200) return answer.json as unknown as Tokens;
      if (answer.json["error"] === "invalid_grant") return undefined;
      throw new Error(`a refresh was answered ${answer.status} ${answer.text}`);
    },
    isActive: async (token) => (await introspect(system.privateUrl, token)).json["active"] === true,
    examine: () => examineStore(system.kv, system, kv),
    loseEachWrite: async (loss, run) => {
      const lost: string[] = [];
      for (let nth = 1; nth <= MAX_WRITES; nth += 1) {
        await run(nth).catch((error: unknown) => {
          const what = `write ${nth}, ${kv.lost}, ${loss}`;
          throw new Error(`${what}: ${(error as Error).message}`, { cause: error });
        });
        if (kv.lost === undefined) return lost;
        lost.push(kv.lost);
      }
      throw new Error("this flow writes for ever");
    },
    stop: async () => {
      await system.close();
      kv.recover();
      await kv.close();
    },
  };
  return lossy;
}
