import { Readable } from "node:stream";
import { describe, expect, it, vi } from "vitest";
import type { LookUp } from "../src/name-lookup.ts";
import type { TaigaHttpRequest } from "../src/transport.ts";
import { openTransport, requestOf, startTaiga } from "./support/taiga-server.ts";

const TIMEOUT_MS = 400;
/** Far more than one time limit, and less than what the phases or tries would take one after another. */
const SLACK_MS = 20_000;

const outcomeOf = async (promise: Promise<unknown>) => {
  const from = performance.now();
  const error: unknown = await promise.then(
    () => "answered",
    (thrown: unknown) => thrown,
  );
  return { error, tookMs: performance.now() - from };
};

/** Sends a little of an answer again and again, so that no phase is ever silent. */
const dripping = (write: (part: string) => boolean): void => {
  const timer = setInterval(() => {
    if (!write(" ")) clearInterval(timer);
  }, 50);
};

describe("the time limit of a request", () => {
  // @rule OUTAGE-19
  it("covers an answer that never ends, although its parts keep coming", async () => {
    const { transport } = await startTaiga(
      (_req, res) => {
        res.writeHead(200);
        dripping((part) => !res.destroyed && (res.write(part), true));
      },
      { timeoutMs: TIMEOUT_MS },
    );
    const { error, tookMs } = await outcomeOf(transport.send(requestOf("POST")));
    expect(error).toMatchObject({
      code: "unavailable",
      message: "Taiga did not answer in time",
      outcomeUnknown: true,
    });
    expect(tookMs).toBeLessThan(SLACK_MS);
  });

  // @rule OUTAGE-19
  it("covers all tries and the waits between them", async () => {
    const { transport, received } = await startTaiga(
      (_req, res) => {
        setTimeout(() => res.writeHead(503).end(), 300);
      },
      { timeoutMs: TIMEOUT_MS, retries: 1_000 },
    );
    const { error, tookMs } = await outcomeOf(transport.send(requestOf("GET")));
    expect(error).toMatchObject({ code: "unavailable" });
    expect(tookMs).toBeLessThan(SLACK_MS);
    expect(received.length).toBeLessThan(5);
  });

  // @rule OUTAGE-19
  it("covers the name look-up", async () => {
    const lookUp = vi.fn<LookUp>(() => new Promise<never>(() => {}));
    const transport = openTransport({
      apiUrl: "http://taiga.test/api/v1",
      lookUp,
      timeoutMs: 50,
    });
    const { error, tookMs } = await outcomeOf(transport.send(requestOf("POST")));
    expect(error).toMatchObject({
      code: "unavailable",
      message: "Taiga cannot be reached",
      outcomeUnknown: false,
    });
    // The look-up itself is given up after two seconds.
    expect(tookMs).toBeLessThan(1_900);
  });

  // @rule OUTAGE-19
  it("covers the wait for a place, which leaves half of the time for the request", async () => {
    const { transport, received } = await startTaiga(() => {}, {
      timeoutMs: TIMEOUT_MS,
      maxParallel: 1,
    });
    const first = outcomeOf(transport.send(requestOf("GET")));
    const second = await outcomeOf(transport.send(requestOf("POST")));
    expect(second.error).toMatchObject({
      code: "unavailable",
      message: expect.stringContaining("Too many requests"),
      outcomeUnknown: false,
    });
    expect((await first).error).toMatchObject({ message: "Taiga did not answer in time" });
    expect(received).toHaveLength(1);
  });

  // @rule OUTAGE-19
  it("leaves an upload the time that its bytes need", async () => {
    const sizeBytes = 16 * 1024;
    const { transport } = await startTaiga(
      (_req, res) => {
        setTimeout(() => res.end("stored"), 150);
      },
      { timeoutMs: 100 },
    );
    const request: TaigaHttpRequest = {
      ...requestOf("POST"),
      headers: { "Content-Length": String(sizeBytes) },
      body: { sizeBytes, open: () => Readable.from([Buffer.alloc(sizeBytes)]) },
    };
    expect((await transport.send(request)).text).toBe("stored");
  });

  // @rule OUTAGE-19
  it("is that of the caller, if the caller's is shorter and for several requests", async () => {
    const { transport } = await startTaiga(() => {}, { timeoutMs: 60_000, maxParallel: 1 });
    const signal = AbortSignal.timeout(100);
    const outcomes = await Promise.all([
      outcomeOf(transport.send(requestOf("POST", signal))),
      outcomeOf(transport.send(requestOf("POST", signal))),
    ]);
    expect(outcomes.map(({ error }) => error)).toMatchObject([
      { code: "unavailable", message: "Taiga did not answer in time", outcomeUnknown: true },
      {
        code: "unavailable",
        outcomeUnknown: false,
      },
    ]);
  });

  it("does not hide that the caller has cancelled", async () => {
    const controller = new AbortController();
    const { transport } = await startTaiga(() => controller.abort(), { timeoutMs: 60_000 });
    const { error } = await outcomeOf(transport.send(requestOf("POST", controller.signal)));
    expect(error).toMatchObject({ code: "aborted", outcomeUnknown: true });
  });
});
