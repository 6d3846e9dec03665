import { type Broadcast, createTopic, type Topic } from "@taiga-mcp/store";

/** The text of a key ring message. A grant's `gid` is base64url, so the two cannot be confused. */
export const RING_CHANGED = "the key ring was changed";

/** Begins the message about a grant that goes on with other limits; no `gid` has a colon. */
const GRANT_CHANGED = "changed:";

type Channel = Pick<Broadcast, "publish" | "subscribe">;

/**
 * Grants that have ended. A message is the grant's `gid`: the base64url SHA-256 of its id, the name
 * under which introspection shows it.
 */
export const createRevocationTopic = (broadcast: Channel): Topic<string> =>
  createTopic(broadcast, {
    encode: (gid) => gid,
    decode: (text) => (text === RING_CHANGED || text.startsWith(GRANT_CHANGED) ? undefined : text),
  });

/** Grants whose limits were changed. A message is the grant's `gid`, as above. */
export const createGrantChangeTopic = (broadcast: Channel): Topic<string> =>
  createTopic(broadcast, {
    encode: (gid) => `${GRANT_CHANGED}${gid}`,
    decode: (text) =>
      text.startsWith(GRANT_CHANGED) ? text.slice(GRANT_CHANGED.length) : undefined,
  });

/** Changes of the key ring. A message says only that the stored ring is another one now. */
export const createRingTopic = (broadcast: Channel): Topic<"changed"> =>
  createTopic(broadcast, {
    encode: () => RING_CHANGED,
    decode: (text) => (text === RING_CHANGED ? "changed" : undefined),
  });
