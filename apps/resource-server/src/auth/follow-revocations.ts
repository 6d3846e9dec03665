import { logFailure, type Logger } from "@taiga-mcp/service";
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import type { AuthorizationServer } from "./authorization-server.ts";
import { readEvents } from "./event-stream.ts";

/** The authorization server sends a heartbeat every 5 seconds. */
const SILENCE_MS = 12_000;

const FIRST_DELAY_MS = 50;
const MAX_DELAY_MS = 2_000;

/** A few seconds, so that services that restart together log no warning. */
const FAILURES_TO_WARN = 6;

/** Is told which grants are revoked. It starts as *lost*; then `restored` and `lost` alternate. */
export interface RevocationListener {
  /** From now on no revocation is missed, until `lost`. */
  restored(): void;
  /** From now on revocations may be missed. */
  lost(): void;
  /** @param gid see `Grant.grantId`. */
  revoked(gid: string): void;
  /** The grant goes on with other limits: what is known about it is out of date. */
  changed(gid: string): void;
}

export interface FollowRevocationsDeps {
  authorizationServer: Pick<AuthorizationServer, "openRevocations">;
  listener: RevocationListener;
  logger: Logger;
  /** Waits, and rejects when the signal aborts. */
  sleep?: (ms: number, signal: AbortSignal) => Promise<unknown>;
  /** From 0 to 1: jitter, so that replicas do not all reconnect at the same moment. */
  random?: () => number;
}

/** Follows revocations until it is closed. */
export interface RevocationFollower {
  /** The listener has been told `lost` when this resolves. */
  close(): Promise<void>;
}

/** The data of both events. */
const AboutGrant = z.object({ gid: z.string().min(1) });

/**
 * Keeps the revocation stream of the authorization server open: reconnects whenever it ends, breaks,
 * sends something invalid, or sends no heartbeat.
 */
export function followRevocations(deps: FollowRevocationsDeps): RevocationFollower {
  const { authorizationServer, listener, logger, random = Math.random } = deps;
  const sleep = deps.sleep ?? ((ms, signal) => delay(ms, undefined, { signal }));
  const stop = new AbortController();
  /** Whether the next connection is news: the first one, and the end of what was warned of. */
  let hasWarned = true;
  const following = follow();

  async function follow(): Promise<void> {
    let failures = 0;
    while (!stop.signal.aborted) {
      const { wasLive, cause } = await followOnce();
      failures = wasLive ? 0 : failures + 1;
      if (stop.signal.aborted) return;
      const message = "revocation stream disconnected; introspection cache disabled";
      if (wasLive) logger.debug({ reason: toReason(cause) }, message);
      if (failures === FAILURES_TO_WARN) {
        hasWarned = logFailure(logger, "warn", { err: cause }, message);
      }
      await sleep(toDelayMs(failures, random()), stop.signal).catch(() => {});
    }
  }

  /** Reads one stream to its end, however it ends. */
  async function followOnce(): Promise<{ wasLive: boolean; cause: unknown }> {
    const silence = createSilenceTimeout();
    let isLive = false;
    try {
      const signal = AbortSignal.any([stop.signal, silence.signal]);
      const stream = await authorizationServer.openRevocations(signal);
      for await (const { name, data } of readEvents(stream, silence.restart)) {
        if (name === "live" && !isLive) {
          isLive = true;
          const level = hasWarned ? "info" : "debug";
          logger[level]("revocation stream connected; introspection cache enabled");
          hasWarned = false;
          listener.restored();
        }
        if (name === "revoked") listener.revoked(AboutGrant.parse(JSON.parse(data)).gid);
        if (name === "changed") listener.changed(AboutGrant.parse(JSON.parse(data)).gid);
      }
      return { wasLive: isLive, cause: new Error("The authorization server closed the stream.") };
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

function createSilenceTimeout(): { signal: AbortSignal; restart: () => void; end: () => void } {
  const timeout = new AbortController();
  const abort = (): void =>
    timeout.abort(new Error(`The authorization server sent nothing for ${SILENCE_MS} ms.`));
  let timer = setTimeout(abort, SILENCE_MS);
  return {
    signal: timeout.signal,
    restart: () => {
      clearTimeout(timer);
      timer = setTimeout(abort, SILENCE_MS);
    },
    end: () => clearTimeout(timer),
  };
}

const toReason = (cause: unknown): string =>
  cause instanceof Error ? cause.message : String(cause);

/** Exponential backoff with jitter: between half and all of a delay that doubles. */
const toDelayMs = (failures: number, random: number): number =>
  Math.min(FIRST_DELAY_MS * 2 ** failures, MAX_DELAY_MS) * (0.5 + random / 2);
