import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TaigaError } from "../src/errors.ts";
import { toResponseError } from "../src/response-error.ts";
import { createRetryPolicy, toRetryAfterSeconds } from "../src/retry-policy.ts";
import { createTaigaClient } from "../src/taiga-client.ts";
import { encodeQuery } from "../src/query.ts";
import { createFakeTransport } from "./support/fake-transport.ts";

const number = fc.oneof(
  fc.nat(10_000).map(String),
  fc.constantFrom(
    "",
    " ",
    "-1",
    "1e3",
    "0x10",
    "1.5",
    "NaN",
    "Infinity",
    "9007199254740993",
    "1,2",
  ),
  fc.string({ maxLength: 6 }),
);

describe("pagination headers of any text", () => {
  // @rule INPUT-21
  it("give consistent numbers or an error, and never make a page look like the whole list", async () => {
    const headers = fc.record(
      { "x-pagination-count": number, "x-paginated-by": number, "x-pagination-current": number },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(headers, async (sent) => {
        const { transport } = createFakeTransport({ text: "[]", headers: sent });
        const page = await createTaigaClient(transport)
          .tasks.list({ project: 1 })
          .catch((error: unknown) => error);
        const isPlain = [
          sent["x-pagination-count"],
          sent["x-paginated-by"],
          sent["x-pagination-current"],
        ].every((text) => text !== undefined && /^\d{1,15}$/.test(text));
        if (page instanceof TaigaError) {
          expect(page.code).toBe("unexpected_response");
          return;
        }
        expect(isPlain).toBe(true);
        expect(page).toMatchObject({ total: Number(sent["x-pagination-count"]) });
      }),
      { numRuns: 200 },
    );
  });
});

describe("Retry-After of any text", () => {
  const value = fc.oneof(
    number,
    fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
    fc.string({ unit: "binary" }),
  );

  it("is a time that is not past and not endless, or is not there", () => {
    fc.assert(
      fc.property(value, value, (retryAfter, date) => {
        const seconds = toRetryAfterSeconds({ "retry-after": retryAfter, date });
        if (seconds === undefined) return;
        expect(Number.isFinite(seconds)).toBe(true);
        expect(seconds).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 300 },
    );
  });

  // @rule INPUT-21
  it("never makes a caller wait for longer than three seconds", () => {
    fc.assert(
      fc.property(value, fc.integer({ min: 1, max: 5 }), (retryAfter, counter) => {
        const error = Object.assign(new Error("429"), {
          statusCode: 429,
          headers: { "retry-after": retryAfter },
        });
        const context = { state: { counter }, opts: { method: "GET" } };
        const timer = createRetryPolicy(2)(error, context as never, () => {}) as unknown;
        if (timer === undefined || timer === null) return;
        const waitMs = toWaitMs(timer);
        clearTimeout(timer as NodeJS.Timeout);
        expect(waitMs).toBeLessThanOrEqual(3_000);
      }),
    );
  });
});

/** How long a timer of Node.js was set for. */
const toWaitMs = (timer: unknown): number => (timer as { _idleTimeout: number })._idleTimeout;

describe("an error answer of any shape", () => {
  // @rule INPUT-21
  it("becomes a TaigaError with its own message or one short line from Taiga", () => {
    const body = fc.oneof(fc.json({ maxDepth: 3 }), fc.string(), fc.constant("<html>"));
    fc.assert(
      fc.property(fc.integer({ min: 300, max: 599 }), body, (status, text) => {
        const error = toResponseError({ status, headers: {}, text }, "PATCH");
        expect(error).toBeInstanceOf(TaigaError);
        expect(error.message).not.toBe("");
        expect(error.status).toBe(status);
        // What a write did before a gateway failed is not known.
        expect(error.outcomeUnknown).toBe(status >= 500);
      }),
    );
  });
});

describe("a query of any values", () => {
  // @rule INPUT-21
  it("reaches Taiga as it was meant, and nothing in a value becomes a parameter", () => {
    const scalar = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
    fc.assert(
      fc.property(fc.dictionary(fc.string({ minLength: 1 }), scalar), (query) => {
        const read = new URLSearchParams(encodeQuery(query));
        expect([...read]).toEqual(
          Object.entries(query).map(([name, value]) => [name, String(value).toWellFormed()]),
        );
      }),
    );
  });
});
