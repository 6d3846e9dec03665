import { interceptors } from "undici";
import type { Dispatcher } from "undici";
import { describe, expect, it } from "vitest";
import { TaigaError } from "../src/errors.ts";
import { markSent, SentFailure, toSendError } from "../src/send-failure.ts";

const timeout = (): Error => Object.assign(new Error("timed out"), { code: "ETIMEDOUT" });

const controller: Dispatcher.DispatchController = {
  aborted: false,
  paused: false,
  reason: null,
  abort: () => {},
  pause: () => {},
  resume: () => {},
};

/** Sends one POST to a name with two addresses; the connection times out, before or after sending. */
async function postOverTwoAddresses({ sent }: { sent: boolean }) {
  const origins: string[] = [];
  const dispatch: Dispatcher.Dispatch = (options, handler) => {
    origins.push(String(options.origin));
    if (sent) handler.onRequestStart?.(controller, {});
    handler.onResponseError?.(controller, timeout());
    return true;
  };
  const dns = interceptors.dns({
    lookup: (_origin, _options, done) =>
      done(null, [
        { address: "192.0.2.1", family: 4, ttl: 1_000 },
        { address: "2001:db8::1", family: 6, ttl: 1_000 },
      ]),
  });
  const error = await new Promise((resolve) => {
    const handler: Dispatcher.DispatchHandler = {
      onRequestStart: () => {},
      onResponseError: (_controller, failure) => resolve(failure),
    };
    dns(markSent(dispatch))({ origin: "http://taiga.test", path: "/", method: "POST" }, handler);
  });
  return { origins, error };
}

describe("markSent", () => {
  it("keeps a POST that may have arrived from being sent to the next address", async () => {
    const { origins, error } = await postOverTwoAddresses({ sent: true });
    expect(origins).toHaveLength(1);
    expect(error).toBeInstanceOf(SentFailure);
  });

  it("sends a POST that was not sent yet to the next address", async () => {
    const { origins, error } = await postOverTwoAddresses({ sent: false });
    expect(origins).toEqual(["http://192.0.2.1", "http://[2001:db8::1]"]);
    expect(error).not.toBeInstanceOf(SentFailure);
  });

  it("does not count a request that was cancelled before its connection stood", () => {
    let failure: unknown;
    const dispatch: Dispatcher.Dispatch = (_options, handler) => {
      const cancelled = { ...controller, aborted: true };
      handler.onRequestStart?.(cancelled, {});
      handler.onResponseError?.(cancelled, new Error("cancelled"));
      return true;
    };
    markSent(dispatch)(
      { path: "/", method: "POST" },
      { onRequestStart: () => {}, onResponseError: (_controller, error) => (failure = error) },
    );
    expect(failure).not.toBeInstanceOf(SentFailure);
  });
});

describe("toSendError", () => {
  const write = { isWrite: true, aborted: false };

  it("returns a bug unchanged", () => {
    const bug = Object.assign(new Error("bad header"), { code: "UND_ERR_INVALID_ARG" });
    expect(toSendError(bug, write)).toBe(bug);
  });

  it("keeps an existing TaigaError, and adds that an unreadably answered write may have happened", () => {
    const busy = new TaigaError("unavailable", "busy");
    expect(toSendError(busy, write)).toBe(busy);
    expect(toSendError(new TaigaError("unexpected_response", "huge"), write)).toMatchObject({
      code: "unexpected_response",
      outcomeUnknown: true,
    });
  });

  it("never reports an unknown outcome for a read", () => {
    const read = { isWrite: false, aborted: false };
    expect(toSendError(new SentFailure(timeout(), false), read)).toMatchObject({
      code: "unavailable",
      outcomeUnknown: false,
    });
  });
});
