import type { Logger } from "@taiga-mcp/service";
import type { Broadcast, Kv } from "@taiga-mcp/store";
import type { TaigaCredentialRecord } from "../login/login-backend.ts";
import type { KeyNames } from "../storage/key-names.ts";
import { createRevocationTopic } from "../storage/topics.ts";
import type { ApplicationTokenLifecycle } from "../vault/application-token-lifecycle.ts";
import { createAnnouncements } from "./announcements.ts";

/**
 * Ends a grant for good: deletes all its records, then tells the resource servers. In this order,
 * because a resource server that introspects again after the message must find the grant gone.
 *
 * When only the message fails, the call succeeds and the message is sent later: the grant is gone,
 * and a second call would not find it. When the deletion fails, it may have taken effect, so the
 * message is sent as well; if the grant still exists, resource servers just introspect it again.
 *
 * @param grantKey storage key of the grant's record.
 * @throws {UnavailableError} when the grant may still exist.
 */
export type EndGrant = (grantKey: string) => Promise<void>;

export interface EndGrantDeps {
  kv: Pick<Kv, "deleteMembers">;
  keys: Pick<KeyNames, "grantIndexOf" | "gidOf">;
  broadcast: Pick<Broadcast, "publish" | "subscribe">;
  /** Revokes application tokens at Taiga; without it, nothing is revoked there. */
  applicationTokens?: ApplicationTokenLifecycle;
  logger: Logger;
  sleep: (ms: number) => Promise<unknown>;
}

export function createEndGrant(deps: EndGrantDeps): EndGrant {
  const { kv, keys, applicationTokens, logger, sleep } = deps;
  const topic = createRevocationTopic(deps.broadcast);
  const revocations = createAnnouncements({ topic, logger, sleep });
  return async (grantKey) => {
    const gid = keys.gidOf(grantKey);
    let credential: TaigaCredentialRecord | undefined;
    try {
      credential = await applicationTokens?.find(grantKey);
      await kv.deleteMembers(keys.grantIndexOf(grantKey));
    } catch (error) {
      void revocations.sendLater(gid);
      throw error;
    }
    await revocations.send(gid);
    // In the background: the caller need not wait for Taiga.
    if (credential !== undefined) void applicationTokens?.release(credential);
  };
}
