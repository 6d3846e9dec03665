// Event streams: each event at once, uncompressed, and a disconnected client is noticed.
import { once } from "node:events";
import { connect } from "node:http2";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { ask, HOST, open } from "./support/ask.ts";
import { type OneHost, startOneHost } from "./support/one-host.ts";

const nginx = inject("nginx");
const EVENT_STREAM = { "content-type": "text/event-stream" };

describe.skipIf(nginx === null)("event streams", () => {
  let platform: OneHost;
  beforeAll(async () => {
    platform = await startOneHost(nginx!);
  });
  beforeEach(() => platform.clear());
  afterAll(() => platform.stop());

  // @rule EDGE-5
  it("reach the client event by event, while the service is still answering", async () => {
    const { promise: end, resolve: finish } = Promise.withResolvers<void>();
    platform.resourceServer.respond((_req, res) => {
      res.writeHead(200, EVENT_STREAM);
      res.write("data: first\n\n");
      void end.then(() => res.end("data: last\n\n"));
    });
    const response = await open(platform.site, "/mcp", { method: "POST", body: "{}" });
    const [first] = (await once(response, "data")) as [Buffer];
    expect(first.toString()).toBe("data: first\n\n");
    finish();
    const [last] = (await once(response, "data")) as [Buffer];
    expect(last.toString()).toBe("data: last\n\n");
  });

  it("reach a client of HTTP/2 in the same way", async () => {
    platform.resourceServer.respond((_req, res) => {
      res.writeHead(200, EVENT_STREAM);
      res.write("data: first\n\n");
    });
    const session = connect(`https://${HOST}:${platform.site.httpsPort}`, {
      ca: platform.site.ca,
      lookup: (_name, _options, answer) => answer(null, [{ address: "127.0.0.1", family: 4 }]),
    });
    const stream = session.request({ ":method": "POST", ":path": "/mcp" });
    stream.end("{}");
    const [first] = (await once(stream, "data")) as [Buffer];
    expect(first.toString()).toBe("data: first\n\n");
    expect(platform.resourceServer.requests[0]?.headers.host).toBe(
      `${HOST}:${platform.site.httpsPort}`,
    );
    stream.close();
    session.close();
  });

  // @rule EDGE-5
  it("are never compressed, and tell further proxies not to buffer them", async () => {
    platform.resourceServer.respond((_req, res) => {
      res.writeHead(200, { ...EVENT_STREAM, "x-accel-buffering": "no" });
      res.end("data: x\n\n".repeat(500));
    });
    const answer = await ask(platform.site, "/mcp", { headers: { "accept-encoding": "gzip, br" } });
    expect(answer.all("content-encoding")).toEqual([]);
    expect(answer.all("x-accel-buffering")).toEqual(["no"]);
  });

  // @rule EDGE-5
  it("end at the service when the client disconnects, because that cancels a call", async () => {
    const { promise: left, resolve: leave } = Promise.withResolvers<void>();
    platform.resourceServer.respond((_req, res) => {
      res.on("close", leave);
      res.writeHead(200, EVENT_STREAM);
      res.write("data: first\n\n");
    });
    const response = await open(platform.site, "/mcp", { method: "POST", body: "{}" });
    await once(response, "data");
    response.destroy();
    await expect(left).resolves.toBeUndefined();
  });
});

describe.skipIf(nginx === null)("pages", () => {
  it("are not compressed, because they contain CSRF tokens beside attacker-chosen text", async () => {
    const platform = await startOneHost(nginx!);
    try {
      platform.authServer.respond((_req, res) => {
        res.writeHead(200, { "content-type": "text/html" }).end("x".repeat(5_000));
      });
      const answer = await ask(platform.site, "/authorize", {
        headers: { "accept-encoding": "gzip" },
      });
      expect(answer.all("content-encoding")).toEqual([]);
    } finally {
      await platform.stop();
    }
  });
});
