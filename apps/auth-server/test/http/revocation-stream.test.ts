import { listen } from "@taiga-mcp/service";
import express from "express";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createRevocationStream, HEARTBEAT_MS } from "../../src/http/revocation-stream.ts";
import { createRevocationFeed } from "../../src/grants/revocation-feed.ts";
import { basicAuth, connect, introspect, request, revoke } from "../support/client.ts";
import { createFakeBroadcast, type FakeBroadcast } from "../support/fake-broadcast.ts";
import { startSystem, type System } from "../support/system.ts";

interface Stream {
  response: Response;
  /** Everything received until the stream ends. */
  text: () => string;
  ended: Promise<void>;
}

async function open(url: string, headers: Record<string, string> = basicAuth()): Promise<Stream> {
  const response = await fetch(`${url}/revocations`, { headers });
  let text = "";
  const read = async (): Promise<void> => {
    const body = response.body?.pipeThrough(new TextDecoderStream());
    for await (const chunk of body ?? []) text += chunk;
  };
  return { response, text: () => text, ended: read() };
}

describe("the revocation stream of the private listener", () => {
  let broadcast: FakeBroadcast;
  let system: System;
  beforeEach(async () => {
    broadcast = createFakeBroadcast();
    system = await startSystem({ broadcast });
    broadcast.restore();
  });
  afterEach(() => system.close());

  it("begins with a live event, and then announces each grant that ends", async () => {
    const { clientId, tokens } = await connect(system);
    const { gid } = (await introspect(system.privateUrl, tokens.access_token)).json;
    const stream = await open(system.privateUrl);
    expect(Object.fromEntries(stream.response.headers)).toMatchObject({
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-store",
      "x-accel-buffering": "no",
    });
    await expect.poll(stream.text).toBe("event: live\ndata: {}\n\n");
    await revoke(system, clientId, tokens.access_token);
    await expect
      .poll(stream.text)
      .toBe(`event: live\ndata: {}\n\nevent: revoked\ndata: {"gid":"${String(gid)}"}\n\n`);
  });

  // @rule GRANT-10
  it("ends when this process loses the broadcast, and is refused until it is back", async () => {
    const stream = await open(system.privateUrl);
    broadcast.lose();
    await stream.ended;
    const refused = await request(`${system.privateUrl}/revocations`, { headers: basicAuth() });
    expect([refused.status, refused.json["error"]]).toEqual([503, "temporarily_unavailable"]);
    expect(refused.headers.get("retry-after")).not.toBeNull();
    broadcast.restore();
    expect((await open(system.privateUrl)).response.status).toBe(200);
  });

  // @rule GRANT-11
  it("is for the resource server only", async () => {
    for (const headers of [{}, basicAuth({ clientId: "x", clientSecret: "y" })]) {
      const answer = await request(`${system.privateUrl}/revocations`, { headers });
      expect([answer.status, answer.json["error"]]).toEqual([401, "invalid_client"]);
    }
  });

  // @rule GRANT-11
  it("is not on the public listener", async () => {
    const answer = await request(`${system.issuer}/revocations`, { headers: basicAuth() });
    expect(answer.status).toBe(404);
  });

  it.each(["HEAD", "POST", "DELETE"])("refuses %s", async (method) => {
    const answer = await fetch(`${system.privateUrl}/revocations`, {
      method,
      headers: basicAuth(),
    });
    expect([answer.status, answer.headers.get("allow")]).toEqual([405, "GET"]);
  });
});

describe("a stream", () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  async function serve() {
    const broadcast = createFakeBroadcast();
    const feed = createRevocationFeed(broadcast);
    broadcast.restore();
    const app = express();
    app.use(createRevocationStream({ feed, authenticate: (_req, _res, next) => next() }));
    const listening = await listen(app, { host: "127.0.0.1", port: 0, setting: "PORT" });
    return { broadcast, feed, listening, url: `http://127.0.0.1:${listening.port}` };
  }

  // @rule GRANT-10
  it("sends a comment every five seconds as a sign of life", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    const { feed, listening, url } = await serve();
    const stream = await open(url, {});
    vi.advanceTimersByTime(2 * HEARTBEAT_MS);
    expect(HEARTBEAT_MS).toBe(5_000);
    await expect.poll(stream.text).toBe("event: live\ndata: {}\n\n: alive\n\n: alive\n\n");
    vi.useRealTimers();
    await feed.close();
    await listening.close();
  });

  // @rule GRANT-10
  it("does not delay the shutdown of the service", async () => {
    const { feed, listening, url } = await serve();
    const stream = await open(url, {});
    const from = Date.now();
    await feed.close();
    await listening.close();
    await stream.ended;
    // Connections that are still open after eight seconds are closed.
    expect(Date.now() - from).toBeLessThan(7_000);
  });

  // @rule GRANT-10
  it("is closed when its reader does not keep up, so that memory stays bounded", async () => {
    const { broadcast, feed, listening, url } = await serve();
    const response = await fetch(`${url}/revocations`);
    // The client reads nothing; data in the socket buffers does not count as backlog.
    const gid = "g".repeat(64 * 1024);
    for (let sent = 0; sent < 400; sent += 1) await broadcast.publish(gid);
    await expect(response.text()).rejects.toThrow("terminated");
    await feed.close();
    await listening.close();
  });

  it("frees its resources when its reader disconnects", async () => {
    const { feed, listening, url } = await serve();
    const cancel = new AbortController();
    const left = vi.fn<() => void>();
    const original = { ...feed };
    feed.join = (member) => {
      const leave = original.join(member);
      return () => {
        left();
        leave();
      };
    };
    await fetch(`${url}/revocations`, { signal: cancel.signal });
    cancel.abort();
    await expect.poll(() => left.mock.calls.length).toBe(1);
    await feed.close();
    await listening.close();
  });
});
