import { bestEffort, type Clock, type Logger } from "@taiga-mcp/service";
import type { Kv } from "@taiga-mcp/store";
import { z } from "zod";
import type { Sealer } from "../secrets/seal.ts";
import type { TaigaCredentialRecord } from "../login/login-backend.ts";
import type { KeyNames } from "../storage/key-names.ts";
import type { RefreshSchedule } from "./refresh-schedule.ts";
import { createSealedJson, type OpenedRecord } from "./sealed-json.ts";
import { createDurableWrite } from "./durable-write.ts";

/** A Taiga credential as it is stored. */
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
  z.object({
    state: z.literal("live"),
    credential: TaigaCredential,
    /** Epoch seconds; records of earlier versions have none. */
    storedAt: z.int().optional(),
  }),
  z.object({ state: z.literal("lost"), reason: z.string() }),
]);
type VaultRecord = z.output<typeof VaultRecord>;

/** A grant's live credential as it was read. */
export interface StoredCredential {
  credential: TaigaCredentialRecord;
  /** When it was obtained, epoch seconds; unknown for records of earlier versions. */
  storedAt: number | undefined;
  /** The stored text; it differs after every change. */
  sealed: string;
}

/** The stored Taiga credentials, one record for each grant. */
export interface CredentialStore {
  /** @returns `undefined` when the credential is lost, revoked or never existed. */
  read(grantId: string): Promise<StoredCredential | undefined>;
  /** The same, by the storage key: it is known even after the grant's record is gone. */
  readAt(vaultKey: string): Promise<StoredCredential | undefined>;
  /** Whether a record exists, including lost ones and those that cannot be opened now. */
  has(grantId: string): Promise<boolean>;
  /** Writes a grant's first record, to be deleted with the grant, and plans its renewal. */
  create(grantId: string, credential: TaigaCredentialRecord): Promise<void>;
  /**
   * Replaces the used token pair with the next one, with retries (see `DurableWrite`): Taiga has
   * invalidated the old pair, and the new one exists nowhere else.
   * @returns false when the grant was revoked meanwhile; it stays revoked.
   */
  renew(grantId: string, credential: TaigaCredentialRecord): Promise<boolean>;
  /**
   * Marks a credential as lost, unless the store holds another one by now.
   * @returns whether it was marked.
   */
  markLost(grantId: string, credential: StoredCredential, reason: string): Promise<boolean>;
}

export interface CredentialStoreDeps {
  kv: Kv;
  seal: Sealer;
  keys: Pick<KeyNames, "vault" | "grantIndex">;
  schedule: Pick<RefreshSchedule, "plan">;
  /** Lifetime of a new grant until the client exchanges its code. */
  ttlSeconds: number;
  clock: Clock;
  logger: Logger;
  sleep: (ms: number) => Promise<unknown>;
}

export function createCredentialStore(deps: CredentialStoreDeps): CredentialStore {
  const { kv, seal, keys, schedule, ttlSeconds, clock, logger, sleep } = deps;
  const records = createSealedJson<VaultRecord>({ kv, seal, schema: VaultRecord, logger });

  const sealLive = (key: string, credential: TaigaCredentialRecord) =>
    records.seal(key, { state: "live", credential, storedAt: clock() });
  const durableWrite = createDurableWrite({ kv, logger, sleep });

  async function readAt(key: string): Promise<StoredCredential | undefined> {
    await durableWrite.catchUp(key);
    return toStored(await records.read(key));
  }

  /** An application token does not expire, so it needs no plan. */
  async function plan(grantId: string, credential: TaigaCredentialRecord): Promise<void> {
    if (credential.scheme === "Bearer") await schedule.plan(grantId, credential.refreshToken);
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
      if (!isStored) return false;
      // The credential is stored by now. If planning fails, the previous plan is due too early,
      // never too late.
      const message = "Taiga token refresh not rescheduled; previous plan stays";
      await bestEffort(() => plan(grantId, credential), logger, message);
      return true;
    },

    markLost: async (grantId, { sealed }, reason) => {
      const key = keys.vault(grantId);
      return kv.compareAndSet(key, sealed, await records.seal(key, { state: "lost", reason }));
    },
  };
}

function toStored(record: OpenedRecord<VaultRecord> | undefined): StoredCredential | undefined {
  if (record?.value.state !== "live") return undefined;
  const { credential, storedAt } = record.value;
  return { credential, storedAt, sealed: record.sealed };
}
