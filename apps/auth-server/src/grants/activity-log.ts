import { bestEffort, type Clock, type Logger } from "@taiga-mcp/service";
import { type Kv, updateEntry } from "@taiga-mcp/store";
import { z } from "zod";
import type { Sealer } from "../secrets/seal.ts";
import type { KeyNames } from "../storage/key-names.ts";
import { createSealedJson } from "../vault/sealed-json.ts";

/** How long the activity of a user is kept after the last of it. */
const KEPT_SECONDS = 30 * 86_400;

/** The latest of each kind that are kept, so that many writes do not displace a login. */
const MAX_EVENTS = 60;
const MAX_WRITES = 100;

/** Longer texts are cut, which bounds the record: below 150 kB. */
const MAX_TEXT = 80;

const text = z.string().transform((given) => Array.from(given).slice(0, MAX_TEXT).join(""));

/** What a user did, or a client in the user's name, on this server. */
export const EVENT_KINDS = [
  /** Logged in to the account pages. */
  "account_login",
  /** Allowed a client to work in Taiga. */
  "connected",
  /** Cancelled at the consent page. */
  "declined",
  /** Lowered the limits of a connection. */
  "narrowed",
  /** Ended a connection. */
  "disconnected",
  /** The operator ended a connection, or took the user off the list of allowed users. */
  "ended_by_operator",
] as const;

const AccountEvent = z.object({
  /** Epoch seconds. */
  at: z.int(),
  kind: z.enum(EVENT_KINDS),
  /** Name of the client, as a stranger wrote it. */
  client: text.optional(),
  /** Of the browser. */
  network: text.optional(),
});
export type AccountEvent = z.output<typeof AccountEvent>;

const ToolWrite = z.object({
  at: z.int(),
  /** The grant's public name. */
  gid: z.string().max(50),
  client: text.optional(),
  tool: text,
  /** What was written to, such as `apollo #12, #13`; the client chose it. */
  object: text,
  /** `ok`, or the code of the failure. */
  outcome: text,
});
export type ToolWrite = z.output<typeof ToolWrite>;

const Activity = z.object({ events: z.array(AccountEvent), writes: z.array(ToolWrite) });
export type Activity = z.output<typeof Activity>;

const NOTHING: Activity = { events: [], writes: [] };

/** What happened lately in the name of each user. One sealed record a user, of bounded size. */
export interface ActivityLog {
  /** Never rejects: no login fails because it could not be noted. */
  note(accountId: string, event: Omit<AccountEvent, "at">): Promise<void>;
  /** Adds what clients wrote, the oldest first. Never rejects. */
  noteWrites(accountId: string, writes: readonly ToolWrite[]): Promise<void>;
  /**
   * The newest last.
   * @throws {UnavailableError} when the store does not answer.
   */
  read(accountId: string): Promise<Activity>;
}

export interface ActivityLogDeps {
  kv: Pick<Kv, "get" | "setIfAbsent" | "compareAndSet" | "compareAndDelete">;
  keys: Pick<KeyNames, "activity">;
  seal: Sealer;
  clock: Clock;
  logger: Logger;
}

export function createActivityLog(deps: ActivityLogDeps): ActivityLog {
  const { kv, keys, clock, logger } = deps;
  const records = createSealedJson<Activity>({ ...deps, schema: Activity });

  async function add(accountId: string, added: Activity): Promise<void> {
    const key = keys.activity(accountId);
    const message = "account activity not stored";
    const update = () =>
      updateEntry(kv, key, async (entry) => {
        const { events, writes } = (entry && (await records.open(key, entry.value))) ?? NOTHING;
        const next = Activity.parse({
          events: [...events, ...added.events].slice(-MAX_EVENTS),
          writes: [...writes, ...added.writes].slice(-MAX_WRITES),
        });
        return {
          value: await records.seal(key, next),
          ttlSeconds: KEPT_SECONDS,
          result: undefined,
        };
      });
    await bestEffort(update, logger, message).catch((error: unknown) =>
      logger.error({ err: error }, message),
    );
  }

  return {
    note: (accountId, event) => add(accountId, { events: [{ ...event, at: clock() }], writes: [] }),
    noteWrites: (accountId, writes) => add(accountId, { events: [], writes: [...writes] }),
    read: async (accountId) => (await records.read(keys.activity(accountId)))?.value ?? NOTHING,
  };
}
