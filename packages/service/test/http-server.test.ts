import { once } from "node:events";
import type { RequestListener } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { type HttpServerOptions, createHttpServer } from "../src/http-server.ts";

/** Longer than any test, where a limit is not the subject. */
const LONG_MS = 60_000;
const LIMITS = { idleMs: LONG_MS, headersMs: LONG_MS, requestMs: LONG_MS };

interface Wire {
  socket: Socket;
  send(text: string): void;
  /** What has arrived, once it contains the text. */
  until(text: string): Promise<string>;
  /** All that has arrived, once the server has closed the connection. */
  closed(): Promise<string>;
}

async function waitFor(read: () => string, part: string): Promise<string> {
  while (!read().includes(part)) await sleep(10);
  return read();
}

async function open(
  app: RequestListener,
  options: HttpServerOptions = {},
): Promise<{ wire: Wire; host: string }> {
  const server = createHttpServer(app, options);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const socket = connect(port, "127.0.0.1");
  onTestFinished(() => {
    socket.destroy();
    server.close();
    server.closeAllConnections();
  });
  let arrived = "";
  socket.setEncoding("utf8").on("data", (text: string) => void (arrived += text));
  socket.on("error", () => undefined);
  await once(socket, "connect");
  return {
    host: `127.0.0.1:${port}`,
    wire: {
      socket,
      send: (text) => void socket.write(text),
      until: (text) => waitFor(() => arrived, text),
      closed: async () => {
        if (!socket.closed) await once(socket, "close");
        return arrived;
      },
    },
  };
}

const hello: RequestListener = (req, res) => res.end(`hello at ${req.url} of ${req.headers.host}`);
const lines = (...texts: string[]): string => `${texts.join("\r\n")}\r\n\r\n`;

describe("connections", () => {
  // @rule RFC9112-9.3-1
  it("are kept for two minutes, longer than proxies do, and the response says so", async () => {
    const { wire } = await open(hello);
    wire.send(lines("GET / HTTP/1.1", "Host: a"));
    const response = await wire.until("hello");
    expect(response).toMatch(/\r\nConnection: keep-alive\r\nKeep-Alive: timeout=120\r\n/);
  });

  // @rule RFC9112-9.3-1
  it("are kept although the time for headers is shorter", async () => {
    const { wire } = await open(hello, { limits: { ...LIMITS, headersMs: 200, requestMs: 300 } });
    wire.send(lines("GET /first HTTP/1.1", "Host: a"));
    await wire.until("/first");
    await sleep(1_000);
    wire.send(lines("GET /second HTTP/1.1", "Host: a"));
    expect(await wire.until("/second")).toMatch(/^HTTP\/1\.1 200 /);
  });

  // @rule RFC9112-9.3-1
  it("end after the response when the client asks for that, event streams included", async () => {
    const { wire } = await open((_req, res) => {
      res.writeHead(200, { "Content-Type": "text/event-stream" });
      res.write("data: 1\n\n");
      res.end("data: 2\n\n");
    });
    wire.send(lines("GET / HTTP/1.1", "Host: a", "Connection: close"));
    const response = await wire.closed();
    expect(response).toMatch(/\r\nConnection: close\r\n/);
    expect(response).toContain("data: 2");
  });
});

describe("a request that takes too long to arrive", () => {
  // @rule EDGE-11
  it.each([
    ["its headers", { headersMs: 300 }, "GET / HTTP/1.1\r\nHost: a\r\nX: "],
    [
      "its body",
      { headersMs: 300, requestMs: 600 },
      lines("POST / HTTP/1.1", "Host: a", "Content-Length: 9"),
    ],
  ])("is refused with 408: %s", async (_what, limits, text) => {
    const { wire } = await open(() => undefined, { limits: { ...LIMITS, ...limits } });
    wire.send(text);
    const response = await wire.closed();
    expect(response).toMatch(/^HTTP\/1\.1 408 /);
    expect(toJson(response)).toMatchObject({ error: "invalid_request" });
  });

  // @rule EDGE-11
  it("does not limit how long a response takes", async () => {
    const { wire } = await open(
      (_req, res) => {
        res.write("begin ");
        setTimeout(() => res.end("end"), 1_500);
      },
      { limits: { ...LIMITS, headersMs: 200, requestMs: 400 } },
    );
    wire.send(lines("GET / HTTP/1.1", "Host: a"));
    expect(await wire.until("end")).toMatch(/^HTTP\/1\.1 200 /);
  });
});

describe("a request that cannot be read", () => {
  // @rule EDGE-1
  it.each([
    ["400", "nonsense\r\n\r\n"],
    ["431", lines("GET / HTTP/1.1", "Host: a", `X: ${"x".repeat(20_000)}`)],
  ])("is answered with %s as JSON", async (status, text) => {
    const { wire } = await open(hello);
    wire.send(text);
    const response = await wire.closed();
    expect(response).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(toJson(response)).toMatchObject({ error: "invalid_request" });
  });

  // @rule EDGE-1
  it("is not answered within a response that has begun", async () => {
    const { wire } = await open((_req, res) => void res.write("data: 1\n\n"));
    wire.send(lines("GET / HTTP/1.1", "Host: a"));
    await wire.until("data: 1");
    wire.send("nonsense\r\n\r\n");
    expect(await wire.closed()).not.toContain("invalid_request");
  });
});

describe("the host of a request", () => {
  /** The response to a request, up to the end of the connection. */
  const ask = async (options: HttpServerOptions, ...request: string[]): Promise<string> => {
    const { wire } = await open(hello, options);
    wire.send(lines(...request));
    return wire.closed();
  };
  const REFUSAL = /^HTTP\/1\.1 400 .*"error":"invalid_request"/s;

  // @rule RFC9112-3.2-1
  it.each([
    ["two hosts", ["Host: a.test", "Host: b.test"]],
    ["one host twice", ["Host: a.test", "host: a.test"]],
    ["no host", ["Accept: */*"]],
  ])("is refused with 400: %s", async (_what, headers) => {
    expect(await ask({}, "GET / HTTP/1.1", ...headers)).toMatch(REFUSAL);
  });

  // @rule RFC9112-3.2-1
  it.each([
    ["http://evil.test/", "a.test"],
    ["http://evil.test/", "evil.test"],
    ["http://a.test:8080/", "a.test"],
    ["http://a.test.evil.test/", "a.test"],
    ["a.test:443", "a.test"],
    ["evil", "a.test"],
  ])("is refused with 400 when it is not this server: target %s, Host %s", async (target, host) => {
    const request = [`GET ${target} HTTP/1.1`, `Host: ${host}`];
    expect(await ask({ origin: "http://a.test" }, ...request)).toMatch(REFUSAL);
  });

  // @rule RFC9112-3.2-1
  it("must be that of Host in an absolute target where no public address is configured", async () => {
    const request = ["GET http://b.test/ HTTP/1.1", "Host: a.test"];
    expect(await ask({}, ...request)).toMatch(REFUSAL);
  });

  // @rule RFC9112-3.2-1
  it.each([
    ["http://a.test", "http://a.test/x?y=1", "other.test"],
    ["https://a.test", "https://a.test:443/x?y=1", "a.test"],
    [undefined, "http://a.test/x?y=1", "a.test"],
  ])("may be this server's in an absolute target: %s", async (origin, target, host) => {
    const { wire } = await open(hello, origin === undefined ? {} : { origin });
    wire.send(lines(`GET ${target} HTTP/1.1`, `Host: ${host}`));
    expect(await wire.until("hello at /x?y=1 of a.test")).toMatch(/^HTTP\/1\.1 200 /);
  });

  // @rule RFC9112-3.2-1
  it("may be missing in HTTP/1.0 only", async () => {
    const { wire } = await open(hello);
    wire.send(lines("GET / HTTP/1.0"));
    expect(await wire.closed()).toContain("hello");
  });
});

const toJson = (response: string): unknown =>
  JSON.parse(response.slice(response.indexOf("{")).split("\r\n")[0] ?? "");
