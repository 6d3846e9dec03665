import { type Logger, UnavailableError } from "@taiga-mcp/service";
import type { Broadcast, Kv } from "@taiga-mcp/store";
import type { TaigaCredentialRecord } from "../login/login-backend.ts";
import type { KeyNames } from "../storage/key-names.ts";
import type { ApplicationTokenLifecycle } from "../vault/application-token-lifecycle.ts";

/** No resource server remembers an answer about a token for longer than this. */
const LONGEST_MEMORY_SECONDS = 30;
const RETRY_MS = 1_000;

/**
 * Ends a grant for good: deletes all that belongs to it, then tells the resource servers, in this
 * order, so that whoever asks again because of it is told the truth.
 *
 * An end that could not be announced yet is no error: the grant is gone, and whoever tried again
 * would not find it. For the same reason an end that nobody is sure of is announced as well; a
 * grant that still stands after all is then refused for a minute, as was wanted anyway.
 *
 * @param grantKey name of the grant's record.
 * @throws {UnavailableError} when it may still stand.
 */
export type EndGrant = (grantKey: string) => Promise<void>;

export interface EndGrantDeps {
  kv: Pick<Kv, "deleteMembers">;
  keys: Pick<KeyNames, "grantIndexOf" | "gidOf">;
  broadcast: Pick<Broadcast, "publish">;
  /** What Taiga must be told about as well; left out, nothing. */
  applicationTokens?: ApplicationTokenLifecycle;
  logger: Logger;
  sleep: (ms: number) => Promise<unknown>;
}

export function createEndGrant(deps: EndGrantDeps): EndGrant {
  const { kv, keys, broadcast, applicationTokens, logger, sleep } = deps;
  return async (grantKey) => {
    const gid = keys.gidOf(grantKey);
    let credential: TaigaCredentialRecord | undefined;
    try {
      credential = await applicationTokens?.find(grantKey);
      await kv.deleteMembers(keys.grantIndexOf(grantKey));
    } catch (error) {
      void announceLater(gid);
      throw error;
    }
    try {
      await broadcast.publish(gid);
    } catch (error) {
      if (!(error instanceof UnavailableError)) throw error;
      logger.warn({ err: error, gid }, "the end of a grant could not be announced yet");
      void announceLater(gid);
    }
    // Whoever revokes need not wait for Taiga.
    if (credential !== undefined) void applicationTokens?.release(credential);
  };

  /** Until it is heard, or until nobody can remember the grant any more. */
  async function announceLater(gid: string): Promise<void> {
    for (let waitedMs = 0; waitedMs < LONGEST_MEMORY_SECONDS * 1000; waitedMs += RETRY_MS) {
      await sleep(RETRY_MS);
      try {
        await broadcast.publish(gid);
        return;
      } catch (error) {
        if (!(error instanceof UnavailableError)) logger.error({ err: error }, "a publish failed");
      }
    }
  }
}
