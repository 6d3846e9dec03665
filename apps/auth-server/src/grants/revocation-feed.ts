import { UnavailableError } from "@taiga-mcp/service";
import type { Broadcast } from "@taiga-mcp/store";
import { createGrantChangeTopic, createRevocationTopic } from "../storage/topics.ts";

/** A listener that must hear of every grant that ends. */
export interface FeedMember {
  /** @param gid the grant's public name: base64url SHA-256 of its id, `gid` in introspection. */
  revoked(gid: string): void;
  /** A grant goes on with other limits. */
  changed(gid: string): void;
  /** Revocations may be missed from now on. Called once, as the last call. */
  ended(): void;
}

/** The grants that end or change, in all processes of this service. */
export interface RevocationFeed {
  /**
   * Adds a member, which receives every revocation from now on until `ended`.
   * @returns a function that removes the member again, without a call of `ended`.
   * @throws {UnavailableError} while messages of the other processes may be lost, and after `close`.
   */
  join(member: FeedMember): () => void;
  /** Number of members: the readers of this process's stream. */
  memberCount(): number;
  /** Ends all members. */
  close(): Promise<void>;
}

export function createRevocationFeed(
  broadcast: Pick<Broadcast, "publish" | "subscribe">,
): RevocationFeed {
  const members = new Set<FeedMember>();
  let isLive = false;

  function endAll(): void {
    isLive = false;
    const ending = [...members];
    members.clear();
    for (const member of ending) member.ended();
  }

  const changes = createGrantChangeTopic(broadcast).subscribe({
    message: (gid) => {
      for (const member of members) member.changed(gid);
    },
    // The other subscription has the same connection.
    restored: () => undefined,
    lost: () => undefined,
  });
  const subscription = createRevocationTopic(broadcast).subscribe({
    message: (gid) => {
      for (const member of members) member.revoked(gid);
    },
    restored: () => {
      isLive = true;
    },
    lost: endAll,
  });

  return {
    join: (member) => {
      if (!isLive) throw new UnavailableError("The revocation stream is not available right now.");
      members.add(member);
      return () => void members.delete(member);
    },
    memberCount: () => members.size,
    close: async () => {
      await Promise.all([subscription.close(), changes.close()]);
      endAll();
    },
  };
}
