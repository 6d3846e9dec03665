import { UnavailableError } from "@taiga-mcp/service";
import { type RequestHandler, type Response, Router } from "express";
import type { RevocationFeed } from "../grants/revocation-feed.ts";
import { OAuthError, sendOAuthError, toOAuthError } from "./oauth-error.ts";

/** Interval of the heartbeat comments; readers treat a stream without them as dead. */
export const HEARTBEAT_MS = 5_000;

/** A slower reader is disconnected; it then clears its cache and reconnects. */
const MAX_BACKLOG_BYTES = 256 * 1024;

export interface RevocationStreamDeps {
  feed: Pick<RevocationFeed, "join">;
  /** Accepts only the resource server; see resource-server-auth.ts. */
  authenticate: RequestHandler;
}

/**
 * GET /revocations of the private listener: an event stream of grants that end.
 *
 * - `event: live`, first: from here on, the stream contains every revocation until it ends.
 * - `event: revoked` with `{"gid":…}`: the grant with that `gid` in introspection has ended.
 * - `event: changed` with `{"gid":…}`: the grant goes on with other limits; introspect again.
 * - a comment every 5 seconds.
 *
 * The stream ends, or is refused with 503, when this process may miss messages of the others. A reader
 * must then not use earlier introspection results until it receives `live` again.
 *
 * @see WHATWG HTML, "Server-sent events"
 */
export function createRevocationStream({ feed, authenticate }: RevocationStreamDeps): Router {
  const router = Router({ strict: true, caseSensitive: true });
  router
    .route("/revocations")
    .head(refuseMethod)
    .get(authenticate, (_req, res) => {
      try {
        stream(res, feed);
      } catch (error) {
        if (!(error instanceof UnavailableError)) throw error;
        // The log has a line for the lost connection to the other replicas; readers retry all the time.
        sendOAuthError(res, toOAuthError(error));
      }
    })
    .all(refuseMethod);
  return router;
}

function stream(res: Response, feed: RevocationStreamDeps["feed"]): void {
  const leave = feed.join({
    revoked: (gid) => send(`event: revoked\ndata: ${JSON.stringify({ gid })}\n\n`),
    changed: (gid) => send(`event: changed\ndata: ${JSON.stringify({ gid })}\n\n`),
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
    // Proxies such as nginx would delay events until a buffer is full.
    "X-Accel-Buffering": "no",
  });
  send("event: live\ndata: {}\n\n");
}

const refuseMethod: RequestHandler = (req, res) => {
  res.set("Allow", "GET");
  throw new OAuthError("invalid_request", `Use GET, not ${req.method}.`, { status: 405 });
};
