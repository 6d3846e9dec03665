import type { ServerResponse } from "node:http";
import { describe, expect, it } from "vitest";
import { createTaigaTransport } from "../src/transport.ts";
import { requestOf, startTaiga } from "./support/taiga-server.ts";

const WRITES = ["POST", "PATCH", "DELETE"] as const;

describe("createTaigaTransport", () => {
  it("returns an answer of any status unchanged", async () => {
    const { transport, received } = await startTaiga((_req, res) =>
      res.writeHead(404, { "X-Pagination-Count": "7" }).end("nothing"),
    );

    const answer = await transport.send({ ...requestOf("GET"), query: "a=1" });

    expect(answer).toMatchObject({ status: 404, text: "nothing" });
    expect(answer.headers["x-pagination-count"]).toBe("7");
    expect(received[0]?.url).toBe("/api/v1/users/me?a=1");
  });

  // @rule LOGIN-1
  it("follows no redirect, because it would carry the token elsewhere", async () => {
    const { transport, received } = await startTaiga((_req, res) =>
      res.writeHead(302, { Location: "/elsewhere" }).end(),
    );

    expect((await transport.send(requestOf("GET"))).status).toBe(302);
    expect(received).toHaveLength(1);
  });

  it("refuses an address that does not end in /api/v1", () => {
    expect(() => createTaigaTransport({ apiUrl: "https://taiga.test" })).toThrow(/api\/v1/);
  });

  it("refuses an endless answer instead of filling the memory", async () => {
    const part = Buffer.alloc(1024 * 1024, " ");
    const { transport } = await startTaiga((_req, res) => {
      const write = (): void => {
        while (!res.destroyed && res.write(part));
      };
      res.on("drain", write);
      write();
    });

    await expect(transport.send(requestOf("GET"))).rejects.toMatchObject({
      code: "unexpected_response",
      outcomeUnknown: false,
    });
  });
});

describe("retries", () => {
  it("ask again while Taiga is overloaded", async () => {
    let answers = 0;
    const { transport, received } = await startTaiga((_req, res) => {
      answers += 1;
      res.writeHead(answers < 3 ? 503 : 200).end(String(answers));
    });

    expect(await transport.send(requestOf("GET"))).toMatchObject({ status: 200, text: "3" });
    expect(received).toHaveLength(3);
  });

  it("end after as many as told, with the last answer", async () => {
    const { transport, received } = await startTaiga(
      (_req, res) => res.writeHead(503).end("still busy"),
      { retries: 1 },
    );

    expect(await transport.send(requestOf("GET"))).toMatchObject({
      status: 503,
      text: "still busy",
    });
    expect(received).toHaveLength(2);
  });

  it("do not wait long: the wait is reported to the caller instead", async () => {
    const { transport, received } = await startTaiga((_req, res) =>
      res.writeHead(429, { "X-Throttle-Wait-Seconds": "60" }).end("{}"),
    );

    expect(await transport.send(requestOf("GET"))).toMatchObject({ status: 429, text: "{}" });
    expect(received).toHaveLength(1);
  });

  it.each([400, 401, 403, 404, 451, 500])("take a %i as final", async (status) => {
    const { transport, received } = await startTaiga((_req, res) => res.writeHead(status).end());

    expect((await transport.send(requestOf("GET"))).status).toBe(status);
    expect(received).toHaveLength(1);
  });

  it("ask again after a broken connection", async () => {
    let broken = false;
    const { transport } = await startTaiga((req, res) => {
      if (broken) return void res.end("fine");
      broken = true;
      req.socket.destroy();
    });

    expect((await transport.send(requestOf("GET"))).text).toBe("fine");
  });

  it("do not ask for the rest of a broken answer, because Taiga would send all of it", async () => {
    const { transport, received } = await startTaiga((req, res) => {
      res.writeHead(200, { "Content-Length": "10" }).write("{");
      setTimeout(() => req.socket.destroy(), 20);
    });

    await expect(transport.send(requestOf("GET"))).rejects.toMatchObject({
      code: "unavailable",
      message: "The connection to Taiga broke off",
    });
    expect(received).toHaveLength(1);
  });

  // @rule TAIGA-8
  it.each(WRITES)("never send a %s twice after an overload", async (method) => {
    const { transport, received } = await startTaiga((_req, res) => res.writeHead(503).end());

    expect((await transport.send(requestOf(method))).status).toBe(503);
    expect(received).toHaveLength(1);
  });

  it.each(WRITES)("never send a %s twice after a broken connection", async (method) => {
    const { transport, received } = await startTaiga((req) => req.socket.destroy());

    await expect(transport.send(requestOf(method))).rejects.toMatchObject({
      code: "unavailable",
      outcomeUnknown: true,
    });
    expect(received).toHaveLength(1);
  });
});

describe("failures", () => {
  it("gives up on a silent Taiga, and says that a write may have happened", async () => {
    const { transport, received } = await startTaiga(() => {}, { timeoutMs: 100 });

    const [read, write] = await Promise.allSettled([
      transport.send(requestOf("GET")),
      transport.send(requestOf("PATCH")),
    ]);

    expect(read).toMatchObject({ reason: { code: "unavailable", outcomeUnknown: false } });
    expect(write).toMatchObject({
      reason: {
        code: "unavailable",
        outcomeUnknown: true,
        message: "Taiga did not answer in time",
        status: undefined,
      },
    });
    expect(received).toHaveLength(2);
  });

  it("gives up on an answer that stops in the middle", async () => {
    const { transport } = await startTaiga((_req, res) => res.writeHead(200).write("{"), {
      timeoutMs: 100,
    });

    await expect(transport.send(requestOf("POST"))).rejects.toMatchObject({
      code: "unavailable",
      outcomeUnknown: true,
    });
  });

  it("reports that nothing was written when the connection is refused", async () => {
    const transport = createTaigaTransport({ apiUrl: "http://127.0.0.1:1/api/v1" });

    await expect(transport.send(requestOf("POST"))).rejects.toMatchObject({
      code: "unavailable",
      outcomeUnknown: false,
      message: "Taiga cannot be reached",
      cause: { code: "ECONNREFUSED" },
    });
    await transport.close();
  });

  it("says that nothing was written when the name does not resolve", async () => {
    const transport = createTaigaTransport({ apiUrl: "http://taiga.invalid/api/v1", retries: 0 });

    await expect(transport.send(requestOf("POST"))).rejects.toMatchObject({
      code: "unavailable",
      outcomeUnknown: false,
    });
    await transport.close();
  });
});

describe("abort", () => {
  it("stops a request under way; a write may have happened", async () => {
    const controller = new AbortController();
    const { transport } = await startTaiga(() => controller.abort());

    await expect(transport.send(requestOf("POST", controller.signal))).rejects.toMatchObject({
      code: "aborted",
      outcomeUnknown: true,
    });
  });

  it("sends nothing for an already aborted caller", async () => {
    const { transport, received } = await startTaiga((_req, res) => res.end());

    await expect(transport.send(requestOf("POST", AbortSignal.abort()))).rejects.toMatchObject({
      code: "aborted",
      outcomeUnknown: false,
    });
    expect(received).toHaveLength(0);
  });

  it("does not wait for the next try", async () => {
    const controller = new AbortController();
    const { transport, received } = await startTaiga((_req, res) => {
      res.writeHead(503, { "Retry-After": "3" }).end();
      setTimeout(() => controller.abort(), 50);
    });

    const start = performance.now();
    await expect(transport.send(requestOf("GET", controller.signal))).rejects.toMatchObject({
      code: "aborted",
    });
    expect(performance.now() - start).toBeLessThan(2_500); // the next try is due after three seconds
    expect(received).toHaveLength(1);
  });
});

describe("parallel requests", () => {
  // @rule TAIGA-8
  it("never exceed the cap, and all are answered", async () => {
    const underWay: ServerResponse[] = [];
    let most = 0;
    const { transport } = await startTaiga(
      (_req, res) => {
        underWay.push(res);
        most = Math.max(most, underWay.length);
        // Three are waited for, however long they take to come; then there is time for a fourth.
        if (underWay.length !== 3) return;
        setTimeout(() => {
          for (const waiting of underWay.splice(0)) waiting.end();
        }, 20);
      },
      { maxParallel: 3 },
    );

    const answers = await Promise.all(
      Array.from({ length: 12 }, () => transport.send(requestOf("GET"))),
    );

    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(most).toBe(3);
  });
});
