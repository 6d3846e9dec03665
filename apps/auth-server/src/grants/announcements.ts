import { bestEffort, type Logger, UnavailableError } from "@taiga-mcp/service";
import type { Topic } from "@taiga-mcp/store";

/** Resource servers cache introspection results for at most this long. */
const MAX_CACHE_SECONDS = 30;
const RETRY_MS = 1_000;

export interface AnnouncementsDeps {
  /** Reaches all processes. */
  topic: Pick<Topic<string>, "publish">;
  logger: Logger;
  sleep: (ms: number) => Promise<unknown>;
}

/** Tells the resource servers about grants, by their public names. */
export interface Announcements {
  /** Resolves when it is sent; when that fails, it is sent later. Never rejects. */
  send(gid: string): Promise<void>;
  /** Retries until the message is sent, or every cached result about the grant has expired. */
  sendLater(gid: string): Promise<void>;
}

export function createAnnouncements({ topic, logger, sleep }: AnnouncementsDeps): Announcements {
  async function sendLater(gid: string): Promise<void> {
    for (let waitedMs = 0; waitedMs < MAX_CACHE_SECONDS * 1000; waitedMs += RETRY_MS) {
      await sleep(RETRY_MS);
      try {
        await topic.publish(gid);
        return;
      } catch (error) {
        if (!(error instanceof UnavailableError))
          logger.error({ err: error }, "revocation broadcast failed");
      }
    }
  }

  return {
    sendLater,
    send: async (gid) => {
      const message = "revocation broadcast failed; retrying";
      if (!(await bestEffort(() => topic.publish(gid), logger, message, { gid })))
        void sendLater(gid);
    },
  };
}
