import { type Clock, type Logger, UnavailableError } from "@taiga-mcp/service";
import type { Kv } from "@taiga-mcp/store";
import { z } from "zod";
import type { Sealer } from "../secrets/seal.ts";
import type { TaigaCredentialRecord } from "../login/login-backend.ts";
import type { KeyNames } from "../storage/key-names.ts";
import type { RefreshSchedule } from "./refresh-schedule.ts";
import { createSealedJson, type OpenedRecord } from "./sealed-json.ts";
import { createDurableWrite } from "./durable-write.ts";

/** A Taiga credential as the vault's records hold it. */
export const TaigaCredential = z.discriminatedUnion("scheme", [
  z.object({ scheme: z.literal("Bearer"), token: z.string(), refreshToken: z.string() }),
  z.object({
    scheme: z.literal("Application"),
    token: z.string(),
    state: z.string(),
    userId: z.int(),
    checkedAt: z.int(),
  }),
]);

const VaultRecord = z.union([
  z.object({ state: z.literal("live"), credential: TaigaCredential }),
  z.object({ state: z.literal("lost"), reason: z.string() }),
]);
type VaultRecord = z.output<typeof VaultRecord>;

/** A grant's live credential as it was read. */
export interface StoredCredential {
  credential: TaigaCredentialRecord;
  /** Another one after every change. */
  sealed: string;
  /** When the record ends (the token ends by itself), epoch seconds. */
  recordExpiresAt: number;
}

/** The vault's records, one for each grant. */
export interface CredentialStore {
  /** @returns `undefined` when it is lost, revoked or was never there. */
  read(grantId: string): Promise<StoredCredential | undefined>;
  /** The same, by the name of the record, which outlives what is known of its grant. */
  readAt(vaultKey: string): Promise<StoredCredential | undefined>;
  /** Whether there is a record, be it a lost one or one that cannot be opened now. */
  has(grantId: string): Promise<boolean>;
  /** Writes a grant's first record, into the index that dies with the grant, and plans its renewal. */
  create(grantId: string, credential: TaigaCredentialRecord): Promise<void>;
  /**
   * Writes the next pair over the used one, sooner or later; see `DurableWrite`: Taiga has forgotten
   * the old pair, so the new one exists nowhere else.
   * @returns false when the grant was revoked meanwhile; it stays so.
   */
  renew(grantId: string, credential: TaigaCredentialRecord): Promise<boolean>;
  /**
   * Records that a credential is dead, unless it is not the one in the store any more.
   * @returns whether it was.
   */
  markLost(grantId: string, credential: StoredCredential, reason: string): Promise<boolean>;
}

export interface CredentialStoreDeps {
  kv: Kv;
  seal: Sealer;
  clock: Clock;
  keys: Pick<KeyNames, "vault" | "grantIndex">;
  schedule: Pick<RefreshSchedule, "plan">;
  /** How long a new grant waits for its code to be exchanged. */
  ttlSeconds: number;
  logger: Logger;
  sleep: (ms: number) => Promise<unknown>;
}

export function createCredentialStore(deps: CredentialStoreDeps): CredentialStore {
  const { kv, seal, clock, keys, schedule, ttlSeconds, logger, sleep } = deps;
  const records = createSealedJson<VaultRecord>({ kv, seal, schema: VaultRecord, logger });

  const sealLive = (key: string, credential: TaigaCredentialRecord) =>
    records.seal(key, { state: "live", credential });
  const durableWrite = createDurableWrite({ kv, logger, sleep });

  async function readAt(key: string): Promise<StoredCredential | undefined> {
    await durableWrite.catchUp(key);
    return toStored(await records.read(key));
  }

  /** An application's token does not end by itself, so there is nothing to plan. */
  async function plan(grantId: string, credential: TaigaCredentialRecord): Promise<void> {
    if (credential.scheme === "Bearer") await schedule.plan(grantId, credential.refreshToken);
  }

  /** The credential is safe by now. The plan that stays when this fails is early, never late. */
  async function replan(grantId: string, credential: TaigaCredentialRecord): Promise<void> {
    try {
      await plan(grantId, credential);
    } catch (error) {
      if (!(error instanceof UnavailableError)) throw error;
      logger.warn({ err: error }, "a renewal could not be planned; the one before stands");
    }
  }

  return {
    readAt,
    read: (grantId) => readAt(keys.vault(grantId)),

    has: async (grantId) => (await kv.get(keys.vault(grantId))) !== undefined,

    create: async (grantId, credential) => {
      const key = keys.vault(grantId);
      const indexes = [keys.grantIndex(grantId)];
      await plan(grantId, credential);
      await kv.set(key, await sealLive(key, credential), { ttlSeconds, indexes });
    },

    renew: async (grantId, credential) => {
      const key = keys.vault(grantId);
      const isStored = await durableWrite.write(key, await sealLive(key, credential));
      if (isStored) await replan(grantId, credential);
      return isStored;
    },

    markLost: async (grantId, { sealed, recordExpiresAt }, reason) => {
      const key = keys.vault(grantId);
      const left = recordExpiresAt - clock();
      if (left <= 0) return false;
      const lost = await records.seal(key, { state: "lost", reason });
      return kv.compareAndSet(key, sealed, lost, { ttlSeconds: left });
    },
  };
}

function toStored(record: OpenedRecord<VaultRecord> | undefined): StoredCredential | undefined {
  if (record?.value.state !== "live") return undefined;
  const { credential } = record.value;
  return { credential, sealed: record.sealed, recordExpiresAt: record.expiresAt };
}
