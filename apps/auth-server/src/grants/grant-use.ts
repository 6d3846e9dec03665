import { bestEffort, type Clock, type Logger, toNetworkOf } from "@taiga-mcp/service";
import type { Kv } from "@taiga-mcp/store";
import { z } from "zod";
import type { Sealer } from "../secrets/seal.ts";
import type { KeyNames } from "../storage/key-names.ts";
import { createSealedJson } from "../vault/sealed-json.ts";

/** A use within this time of the one before is not stored, so that busy clients cost no writes. */
const PRECISION_SECONDS = 60;

/** Grants whose last use a process remembers. */
const MAX_REMEMBERED = 10_000;

const GrantUse = z.object({
  /** Epoch seconds; absent until the client has fetched tokens. */
  usedAt: z.int().optional(),
  /** From where the client last fetched tokens: an IPv4 address or an IPv6 /64; empty if unknown. */
  network: z.string().max(60),
  /** The user's name at Taiga when the grant was allowed; absent in records of an older version. */
  username: z
    .string()
    .transform((given) => given.slice(0, 255))
    .optional(),
});
export type GrantUse = z.output<typeof GrantUse>;

/** Whose grants are, and when and from where they were used. One sealed record a grant, which ends with it. */
export interface GrantUses {
  /** Notes the user of a new grant. Never rejects. */
  begin(grantKey: string, username: string): Promise<void>;
  /**
   * Notes a use, in the background of the request: never rejects.
   * @param address of the client; left out when only the resource server was seen.
   */
  note(grantKey: string, address?: string): Promise<void>;
  /**
   * @returns `undefined` for a grant that was not used since it was allowed.
   * @throws {UnavailableError} when the store does not answer.
   */
  find(grantKey: string): Promise<GrantUse | undefined>;
}

export interface GrantUsesDeps {
  kv: Pick<Kv, "get" | "set" | "replace" | "touch" | "delete">;
  keys: Pick<KeyNames, "useOf" | "grantIndexOf">;
  seal: Sealer;
  clock: Clock;
  logger: Logger;
  /** How long a grant lasts after its last use. */
  grantTtlSeconds: number;
}

export function createGrantUses(deps: GrantUsesDeps): GrantUses {
  const { kv, keys, clock, logger, grantTtlSeconds } = deps;
  const records = createSealedJson<GrantUse>({ ...deps, schema: GrantUse });
  const noted = createRecentUses();

  async function write(grantKey: string, changes: Partial<GrantUse>): Promise<void> {
    const key = keys.useOf(grantKey);
    const use = { network: "", ...(await records.read(key))?.value, ...changes };
    const indexes = [keys.grantIndexOf(grantKey)];
    if (await kv.replace(key, await records.seal(key, use))) {
      // Tokens have extended the grant.
      if (changes.network !== undefined)
        await kv.touch(key, { ttlSeconds: grantTtlSeconds, indexes });
      return;
    }
    const grant = await kv.get(grantKey);
    if (grant === undefined) return;
    const ttlSeconds = Math.max(1, grant.expiresAt - clock());
    await kv.set(key, await records.seal(key, use), { ttlSeconds, indexes });
    // Ended meanwhile, perhaps before this record was in its index.
    if ((await kv.get(grantKey)) === undefined) await kv.delete(key);
  }

  const writeInBackground = async (grantKey: string, changes: Partial<GrantUse>): Promise<void> => {
    const message = "grant use not stored";
    await bestEffort(() => write(grantKey, changes), logger, message).catch((error: unknown) =>
      logger.error({ err: error }, message),
    );
  };

  return {
    begin: (grantKey, username) => writeInBackground(grantKey, { username }),
    note: async (grantKey, address) => {
      const network = address === undefined ? undefined : toNetworkOf(address);
      const isRecent = noted.get(grantKey) > clock() - PRECISION_SECONDS;
      if (isRecent && network === undefined) return;
      noted.set(grantKey, clock());
      const usedAt = clock();
      await writeInBackground(grantKey, network === undefined ? { usedAt } : { usedAt, network });
    },
    find: async (grantKey) => (await records.read(keys.useOf(grantKey)))?.value,
  };
}

/** Times by grant, epoch seconds; the oldest entry goes first. */
function createRecentUses() {
  const times = new Map<string, number>();
  return {
    get: (grantKey: string): number => times.get(grantKey) ?? 0,
    set: (grantKey: string, at: number): void => {
      times.delete(grantKey);
      times.set(grantKey, at);
      const [oldest] = times.keys();
      if (times.size > MAX_REMEMBERED && oldest !== undefined) times.delete(oldest);
    },
  };
}
