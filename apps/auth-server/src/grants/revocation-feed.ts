import { UnavailableError } from "@taiga-mcp/service";
import type { Broadcast } from "@taiga-mcp/store";
import { RING_CHANGED } from "../secrets/key-ring.ts";

/** Somebody who must hear of every grant that ends. */
export interface FeedMember {
  /** @param gid the grant's name outside: base64url SHA-256 of its id, `gid` of introspection. */
  revoked(gid: string): void;
  /** From now on ends may be missed. Called once, and nothing after it. */
  ended(): void;
}

/** The ends of grants, whichever process of this service they came about in. */
export interface RevocationFeed {
  /**
   * Adds a member, who misses nothing that is announced from now on until `ended`.
   * @returns what takes the member out again, without a call of `ended`.
   * @throws {UnavailableError} while the other processes cannot be heard, and after `close`.
   */
  join(member: FeedMember): () => void;
  /** How many members there are: readers of this process's stream. */
  memberCount(): number;
  /** Ends all members. */
  close(): Promise<void>;
}

export function createRevocationFeed(broadcast: Pick<Broadcast, "subscribe">): RevocationFeed {
  const members = new Set<FeedMember>();
  let isLive = false;

  function endAll(): void {
    isLive = false;
    const ending = [...members];
    members.clear();
    for (const member of ending) member.ended();
  }

  const subscription = broadcast.subscribe({
    message: (gid) => {
      if (gid === RING_CHANGED) return;
      for (const member of members) member.revoked(gid);
    },
    restored: () => {
      isLive = true;
    },
    lost: endAll,
  });

  return {
    join: (member) => {
      if (!isLive) throw new UnavailableError("Revocations cannot be followed right now.");
      members.add(member);
      return () => void members.delete(member);
    },
    memberCount: () => members.size,
    close: async () => {
      await subscription.close();
      endAll();
    },
  };
}
