import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createNameLookup, type LookUp } from "../src/name-lookup.ts";
import { openTransport, requestOf, startTaiga } from "./support/taiga-server.ts";

const ADDRESS = { address: "127.0.0.1", family: 4 };

describe("a name look-up", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  // @rule OUTAGE-16
  it("is given up after the time limit, and no other begins before it has ended", async () => {
    const answers: PromiseWithResolvers<(typeof ADDRESS)[]>[] = [];
    const lookUp = createNameLookup({
      timeoutMs: 1_000,
      lookUp: () => {
        const answer = Promise.withResolvers<(typeof ADDRESS)[]>();
        answers.push(answer);
        return answer.promise;
      },
    });
    const first = [lookUp("taiga.test"), lookUp("taiga.test")];
    vi.advanceTimersByTime(500);
    const later = lookUp("taiga.test");
    const outcomes = Promise.allSettled([...first, later]);
    vi.advanceTimersByTime(1_000);
    for (const { status } of await outcomes) expect(status).toBe("rejected");
    await expect(first[0]).rejects.toMatchObject({ code: "NAME_LOOKUP_TIMEOUT" });
    const last = lookUp("taiga.test");
    expect(answers).toHaveLength(1);
    answers[0]?.resolve([ADDRESS]);
    expect(await last).toEqual([ADDRESS]);
    void lookUp("taiga.test");
    expect(answers).toHaveLength(2);
  });

  it("that fails is over for all who wait, and another one may follow", async () => {
    let lookups = 0;
    const lookUp = createNameLookup({
      timeoutMs: 1_000,
      lookUp: async () => {
        lookups += 1;
        throw new Error("There is no such name.");
      },
    });
    const waiting = [lookUp("taiga.test"), lookUp("taiga.test")];
    for (const one of waiting) await expect(one).rejects.toThrow("no such name");
    expect(lookups).toBe(1);
    await expect(lookUp("taiga.test")).rejects.toThrow("no such name");
    expect(lookups).toBe(2);
  });
});

describe("while the name server is silent", () => {
  // @rule OUTAGE-16
  it("requests to Taiga fail within seconds, with one look-up for all of them", async () => {
    const lookUp = vi.fn<LookUp>(() => new Promise<never>(() => {}));
    const transport = openTransport({ apiUrl: "http://taiga.test/api/v1", lookUp });
    const started = Date.now();
    const outcomes = await Promise.allSettled(
      [1, 2, 3, 4, 5, 6, 7, 8].map((index) =>
        transport.send(requestOf(index % 2 === 0 ? "GET" : "POST")),
      ),
    );
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({
        status: "rejected",
        reason: { code: "unavailable", message: "Taiga cannot be reached", outcomeUnknown: false },
      });
    }
    expect(Date.now() - started).toBeLessThan(20_000);
    expect(lookUp).toHaveBeenCalledTimes(1);
  }, 60_000);

  it("requests to a known name are answered", async () => {
    const { port } = await startTaiga((_req, res) => res.end("here"));
    const lookUp = vi.fn<LookUp>(async () => [ADDRESS]);
    const transport = openTransport({ apiUrl: `http://taiga.test:${port}/api/v1`, lookUp });
    const answers = [
      await transport.send(requestOf("GET")),
      await transport.send(requestOf("POST")),
    ];
    expect(answers.map(({ text }) => text)).toEqual(["here", "here"]);
    expect(lookUp).toHaveBeenCalledTimes(1);
  });
});
