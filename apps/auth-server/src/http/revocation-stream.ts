import { type RequestHandler, type Response, Router } from "express";
import type { RevocationFeed } from "../grants/revocation-feed.ts";
import { OAuthError } from "./oauth-error.ts";

/** How often a stream with nothing to say proves that it is alive; readers count on it. */
export const HEARTBEAT_MS = 5_000;

/** A reader that is this far behind is cut off: it then forgets what it knows and comes back. */
const MAX_BACKLOG_BYTES = 256 * 1024;

export interface RevocationStreamDeps {
  feed: Pick<RevocationFeed, "join">;
  /** Lets only the resource server through; see resource-server-auth.ts. */
  authenticate: RequestHandler;
}

/**
 * GET /revocations of the private listener: an event stream of grants that end.
 *
 * - `event: live`, first: from here on nothing is missed for as long as the stream lasts.
 * - `event: revoked` with `{"gid":…}`: the grant by that `gid` of introspection has ended.
 * - a comment every 5 seconds.
 *
 * The stream ends, or is refused with 503, when this process does not hear the others: a reader
 * must not rely on anything it learnt before until it is told `live` again.
 *
 * @see WHATWG HTML, "Server-sent events"
 */
export function createRevocationStream({ feed, authenticate }: RevocationStreamDeps): Router {
  const router = Router({ strict: true, caseSensitive: true });
  router
    .route("/revocations")
    .head(refuseMethod)
    .get(authenticate, (_req, res) => stream(res, feed))
    .all(refuseMethod);
  return router;
}

function stream(res: Response, feed: RevocationStreamDeps["feed"]): void {
  const leave = feed.join({
    revoked: (gid) => send(`event: revoked\ndata: ${JSON.stringify({ gid })}\n\n`),
    ended: () => res.end(),
  });
  const heartbeat = setInterval(() => send(": alive\n\n"), HEARTBEAT_MS);
  res.on("close", () => {
    clearInterval(heartbeat);
    leave();
  });

  function send(text: string): void {
    if (res.writableEnded) return;
    res.write(text);
    if (res.writableLength > MAX_BACKLOG_BYTES) res.destroy();
  }

  res.set({
    "Content-Type": "text/event-stream",
    "Cache-Control": "no-store",
    // Proxies like nginx would hold events back until a buffer is full.
    "X-Accel-Buffering": "no",
  });
  send("event: live\ndata: {}\n\n");
}

const refuseMethod: RequestHandler = (req, res) => {
  res.set("Allow", "GET");
  throw new OAuthError("invalid_request", `Use GET, not ${req.method}.`, { status: 405 });
};
