import type { Logger } from "@taiga-mcp/service";
import { type Kv, updateEntry } from "@taiga-mcp/store";
import { randomBytes } from "node:crypto";
import { z } from "zod";
import type { Sealer } from "../secrets/seal.ts";
import type { KeyNames } from "../storage/key-names.ts";
import { createSealedJson } from "../vault/sealed-json.ts";

/** How long a user may take on Taiga's pages; not longer than the interaction lasts. */
export const FLOW_SECONDS = 600;

/** How many of them one interaction may have: a person clicks more than once, a program without end. */
const MAX_FLOWS = 5;

/** 256 bits, URL-safe. */
const createSecret = (): string => randomBytes(32).toString("base64url");

const Flow = z.object({
  uid: z.string(),
  state: z.string(),
  authCode: z.string().optional(),
  /** A request has taken the code and redeems it, or has done so. */
  progress: z.enum(["taken", "ended"]).optional(),
});
type Flow = z.output<typeof Flow>;

/**
 * A code to redeem; or, for the second of two clicks, whether the first is redeeming it or has done
 * so.
 */
export type TakenFlow = { authCode: string; state: string } | "taken" | "ended";

/**
 * Logins on Taiga's own pages that are in progress. Taiga returns only a code, so a ticket in the
 * browser's cookie says which interaction the login belongs to.
 */
export interface ApplicationFlows {
  /**
   * @param uid id of the interaction.
   * @returns the ticket for the browser's cookie, and the state for Taiga.
   */
  begin(uid: string): Promise<{ ticket: string; state: string }>;
  /**
   * Called when the browser comes back. A ticket accepts one code.
   * @returns the interaction's id; `undefined` when the ticket is unknown or has another code.
   */
  arrive(ticket: string, authCode: string): Promise<string | undefined>;
  /**
   * Returns the code to redeem, to exactly one caller.
   * @returns `undefined` when there is none, or the ticket belongs to another interaction.
   */
  take(ticket: string, uid: string): Promise<TakenFlow | undefined>;
  /** The code was redeemed, or refused. */
  end(ticket: string): Promise<void>;
}

export interface ApplicationFlowsDeps {
  kv: Kv;
  seal: Sealer;
  keys: Pick<KeyNames, "applicationFlow" | "interactionFlows">;
  logger: Logger;
}

export function createApplicationFlows(deps: ApplicationFlowsDeps): ApplicationFlows {
  const { kv, keys } = deps;
  const flows = createSealedJson<Flow>({ ...deps, schema: Flow });
  /** Deletes the oldest if there are too many. */
  async function makeRoom(index: string): Promise<void> {
    const excess = (await kv.members(index)).length - MAX_FLOWS + 1;
    if (excess <= 0) return;
    const oldest = await kv.firstToEnd(index, { withinSeconds: FLOW_SECONDS, limit: excess });
    await Promise.all(oldest.map((key) => kv.delete(key)));
  }

  return {
    begin: async (uid) => {
      const index = keys.interactionFlows(uid);
      await makeRoom(index);
      const ticket = createSecret();
      const state = createSecret();
      const key = keys.applicationFlow(ticket);
      const flow = await flows.seal(key, { uid, state });
      await kv.set(key, flow, { ttlSeconds: FLOW_SECONDS, indexes: [index] });
      return { ticket, state };
    },

    arrive: (ticket, authCode) => {
      const key = keys.applicationFlow(ticket);
      return updateEntry(kv, key, async (entry) => {
        const flow = entry && (await flows.open(key, entry.value));
        if (flow === undefined) return { result: undefined };
        if (flow.authCode !== undefined) {
          return { result: flow.authCode === authCode ? flow.uid : undefined };
        }
        const value = await flows.seal(key, { ...flow, authCode });
        return { value, ttlSeconds: FLOW_SECONDS, result: flow.uid };
      });
    },

    take: (ticket, uid) => {
      const key = keys.applicationFlow(ticket);
      return updateEntry<TakenFlow | undefined>(kv, key, async (entry) => {
        const flow = entry && (await flows.open(key, entry.value));
        if (flow?.authCode === undefined || flow.uid !== uid) return { result: undefined };
        if (flow.progress !== undefined) return { result: flow.progress };
        const value = await flows.seal(key, { ...flow, progress: "taken" });
        const { authCode, state } = flow;
        return { value, ttlSeconds: FLOW_SECONDS, result: { authCode, state } };
      });
    },

    end: (ticket) => {
      const key = keys.applicationFlow(ticket);
      return updateEntry(kv, key, async (entry) => {
        const flow = entry && (await flows.open(key, entry.value));
        if (flow === undefined) return { result: undefined };
        const value = await flows.seal(key, { ...flow, progress: "ended" });
        return { value, ttlSeconds: FLOW_SECONDS, result: undefined };
      });
    },
  };
}
