import type { Dispatcher } from "undici";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createRetryPolicy, toRetryAfterSeconds } from "../src/retry-policy.ts";
import { SentFailure } from "../src/send-failure.ts";

const networkError = (code: string): Error => Object.assign(new Error(code), { code });

/** As undici's retry handler reports an answer. */
const refusal = (statusCode: number, headers: Record<string, string> = {}): Error =>
  Object.assign(networkError("UND_ERR_REQ_RETRY"), { statusCode, headers });

/** How long the policy waits before it sends again; `undefined` when it gives up. */
function waitOf(
  error: Error,
  { method = "GET" as Dispatcher.HttpMethod, counter = 1, retries = 2 } = {},
) {
  let answer: Error | null | undefined;
  const context = { state: { counter }, opts: { method, path: "/" } };
  createRetryPolicy(retries)(error, context, (result) => (answer = result));
  const start = Date.now();
  if (answer === undefined) vi.runAllTimers();
  return answer === null ? Date.now() - start : undefined;
}

describe("createRetryPolicy", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it.each([429, 502, 503, 504])("sends again after a %i", (status) =>
    expect(waitOf(refusal(status))).toBe(200),
  );

  it.each([400, 404, 500, 501])("gives up at a %i", (status) =>
    expect(waitOf(refusal(status))).toBeUndefined(),
  );

  it.each(["ECONNREFUSED", "ECONNRESET", "ENOTFOUND", "UND_ERR_CONNECT_TIMEOUT", "UND_ERR_SOCKET"])(
    "sends again after %s, before and after sending",
    (code) => {
      expect(waitOf(networkError(code))).toBe(200);
      expect(waitOf(new SentFailure(networkError(code), false))).toBe(200);
    },
  );

  it.each(["UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT"])(
    "gives up at %s: a slow Taiga would only get slower",
    (code) => expect(waitOf(new SentFailure(networkError(code), false))).toBeUndefined(),
  );

  it("waits longer each time, up to the maximum number of retries", () => {
    const waits = [1, 2, 3].map((counter) => waitOf(refusal(503), { counter }));
    expect(waits).toEqual([200, 400, undefined]);
  });

  // DELETE and PUT are idempotent (RFC 9110 §9.2.2), but the second answer hides what the first did.
  // @rule OUTAGE-5
  it.each(["POST", "PATCH", "DELETE", "PUT"] as const)("never sends a %s again", (method) => {
    expect(waitOf(refusal(503), { method })).toBeUndefined();
    expect(waitOf(networkError("ECONNREFUSED"), { method })).toBeUndefined();
  });

  it.each([
    [{ "retry-after": "2" }, 2_000],
    [{ "x-throttle-wait-seconds": "3" }, 3_000],
    [{ "retry-after": "0" }, 0],
    [{ "x-throttle-wait-seconds": "60" }, undefined],
    [{ "retry-after": "4" }, undefined],
  ])("waits as %o asks, when it is short", (headers, waitMs) =>
    expect(waitOf(refusal(429, headers))).toBe(waitMs),
  );
});

describe("toRetryAfterSeconds", () => {
  it("reads a date by the clock of its sender, which may differ from ours", () => {
    const headers = {
      date: "Fri, 20 Nov 2026 08:00:00 GMT",
      "retry-after": "Fri, 20 Nov 2026 08:01:30 GMT",
    };
    expect(toRetryAfterSeconds(headers)).toBe(90);
  });

  it.each([{}, { "retry-after": "soon" }, { "retry-after": "" }])(
    "finds nothing in %o",
    (headers) => expect(toRetryAfterSeconds(headers)).toBeUndefined(),
  );
});
