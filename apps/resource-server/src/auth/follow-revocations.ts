import type { Logger } from "@taiga-mcp/service";
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import type { AuthorizationServer } from "./authorization-server.ts";
import { readEvents } from "./event-stream.ts";

/** The authorization server says every 5 seconds that it is alive; after so long it is not. */
const SILENCE_MS = 12_000;

const FIRST_DELAY_MS = 50;
const MAX_DELAY_MS = 2_000;

/** Some seconds: services that start or restart together are no reason for a warning. */
const FAILURES_TO_WARN = 6;

/** Who hears which grants end. It begins *lost*; then `restored` and `lost` take turns. */
export interface RevocationListener {
  /** No grant that ends from now on is missed, until `lost`. */
  restored(): void;
  /** From now on ends may be missed. */
  lost(): void;
  /** @param gid see `Grant.grantId`. */
  revoked(gid: string): void;
}

export interface FollowRevocationsDeps {
  authorizationServer: Pick<AuthorizationServer, "openRevocations">;
  listener: RevocationListener;
  logger: Logger;
  /** Waits, and rejects when the signal aborts. */
  sleep?: (ms: number, signal: AbortSignal) => Promise<unknown>;
  /** From 0 to 1, so that replicas do not all come back at the same moment. */
  random?: () => number;
}

/** Follows the ends of grants for as long as the process runs. */
export interface RevocationFollower {
  /** The listener is lost when this resolves. */
  close(): Promise<void>;
}

const Revoked = z.object({ gid: z.string().min(1) });

/**
 * Keeps a stream of ended grants open to the authorization server: opens it again, for ever, when
 * it ends, breaks, cannot be understood, or falls silent.
 */
export function followRevocations(deps: FollowRevocationsDeps): RevocationFollower {
  const { authorizationServer, listener, logger, random = Math.random } = deps;
  const sleep = deps.sleep ?? ((ms, signal) => delay(ms, undefined, { signal }));
  const stop = new AbortController();
  const following = follow();

  async function follow(): Promise<void> {
    let failures = 0;
    while (!stop.signal.aborted) {
      const { wasLive, cause } = await followOnce();
      failures = wasLive ? 0 : failures + 1;
      if (stop.signal.aborted) return;
      const isLost = "revocations are not followed; each token is asked about";
      if (wasLive) logger.info({ reason: toReason(cause) }, isLost);
      if (failures === FAILURES_TO_WARN) logger.warn({ err: cause }, isLost);
      await sleep(toDelayMs(failures, random()), stop.signal).catch(() => {});
    }
  }

  /** One stream from its beginning to its end, whatever that is. */
  async function followOnce(): Promise<{ wasLive: boolean; cause: unknown }> {
    const silence = createSilenceAlarm();
    let isLive = false;
    try {
      const signal = AbortSignal.any([stop.signal, silence.signal]);
      const stream = await authorizationServer.openRevocations(signal);
      for await (const { name, data } of readEvents(stream, silence.restart)) {
        if (name === "live" && !isLive) {
          isLive = true;
          logger.info("revocations are followed; answers about tokens are remembered");
          listener.restored();
        }
        if (name === "revoked") listener.revoked(Revoked.parse(JSON.parse(data)).gid);
      }
      return { wasLive: isLive, cause: new Error("The authorization server ended the stream.") };
    } catch (cause) {
      return { wasLive: isLive, cause };
    } finally {
      silence.end();
      if (isLive) listener.lost();
    }
  }

  return {
    close: async () => {
      stop.abort();
      await following;
    },
  };
}

function createSilenceAlarm(): { signal: AbortSignal; restart: () => void; end: () => void } {
  const alarm = new AbortController();
  const ring = (): void => alarm.abort(new Error("The authorization server fell silent."));
  let timer = setTimeout(ring, SILENCE_MS);
  return {
    signal: alarm.signal,
    restart: () => {
      clearTimeout(timer);
      timer = setTimeout(ring, SILENCE_MS);
    },
    end: () => clearTimeout(timer),
  };
}

const toReason = (cause: unknown): string =>
  cause instanceof Error ? cause.message : String(cause);

/** Doubles with each failure in a row; between half and all of that. */
const toDelayMs = (failures: number, random: number): number =>
  Math.min(FIRST_DELAY_MS * 2 ** failures, MAX_DELAY_MS) * (0.5 + random / 2);
