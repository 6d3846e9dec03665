import type { Logger } from "@taiga-mcp/service";
import type { Kv } from "@taiga-mcp/store";
import { randomBytes } from "node:crypto";
import { z } from "zod";
import type { Sealer } from "../secrets/seal.ts";
import type { KeyNames } from "../storage/key-names.ts";
import { createSealedJson } from "../vault/sealed-json.ts";

/** How long a user may take on Taiga's pages; no longer than the interaction itself. */
export const FLOW_SECONDS = 600;

/** 256 bits, URL-safe. */
const createSecret = (): string => randomBytes(32).toString("base64url");

const Flow = z.object({ uid: z.string(), state: z.string(), authCode: z.string().optional() });
type Flow = z.output<typeof Flow>;

/**
 * Trips of browsers to Taiga's pages and back. Taiga returns a code and nothing else, so what a
 * trip belongs to is known by a ticket in the browser's cookie.
 */
export interface ApplicationFlows {
  /**
   * @param uid of the interaction that wants the login.
   * @returns the ticket, which stays in this browser, and the state, which goes to Taiga.
   */
  begin(uid: string): Promise<{ ticket: string; state: string }>;
  /**
   * The browser is back. A ticket brings back one code, once.
   * @returns the interaction; `undefined` when nothing was begun with this ticket.
   */
  arrive(ticket: string, authCode: string): Promise<string | undefined>;
  /**
   * What to redeem, to exactly one caller.
   * @returns `undefined` also when the trip was another interaction's.
   */
  take(ticket: string, uid: string): Promise<{ authCode: string; state: string } | undefined>;
}

export interface ApplicationFlowsDeps {
  kv: Kv;
  seal: Sealer;
  keys: Pick<KeyNames, "applicationFlow">;
  logger: Logger;
}

export function createApplicationFlows(deps: ApplicationFlowsDeps): ApplicationFlows {
  const { kv, keys } = deps;
  const flows = createSealedJson<Flow>({ ...deps, schema: Flow });
  return {
    begin: async (uid) => {
      const ticket = createSecret();
      const state = createSecret();
      const key = keys.applicationFlow(ticket);
      await kv.set(key, await flows.seal(key, { uid, state }), { ttlSeconds: FLOW_SECONDS });
      return { ticket, state };
    },

    arrive: async (ticket, authCode) => {
      const key = keys.applicationFlow(ticket);
      const flow = await flows.read(key);
      if (flow === undefined || flow.value.authCode !== undefined) return undefined;
      const arrived = await flows.seal(key, { ...flow.value, authCode });
      const ttlSeconds = FLOW_SECONDS;
      const isFirst = await kv.compareAndSet(key, flow.sealed, arrived, { ttlSeconds });
      return isFirst ? flow.value.uid : undefined;
    },

    take: async (ticket, uid) => {
      const key = keys.applicationFlow(ticket);
      const flow = await flows.read(key);
      if (flow?.value.authCode === undefined || flow.value.uid !== uid) return undefined;
      const { authCode, state } = flow.value;
      return (await kv.compareAndDelete(key, flow.sealed)) ? { authCode, state } : undefined;
    },
  };
}
