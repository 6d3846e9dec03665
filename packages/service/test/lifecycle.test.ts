import { EventEmitter } from "node:events";
import { Agent, get, type IncomingMessage, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { ConfigurationError } from "../src/errors.ts";
import { listen, runService, type RunningService } from "../src/lifecycle.ts";

const local = { host: "127.0.0.1", port: 0, setting: "PORT" };

async function start(app: Parameters<typeof listen>[0]) {
  const listening = await listen(app, local);
  onTestFinished(() => listening.close());
  return listening;
}

describe("listen", () => {
  it("serves on the port that it says", async () => {
    const { port } = await start((_req, res) => res.end("hello"));
    expect(await (await fetch(`http://127.0.0.1:${port}`)).text()).toBe("hello");
  });

  it("says in one sentence that a port is taken, and which setting changes it", async () => {
    const { port } = await start((_req, res) => res.end());
    const second = listen((_req, res) => res.end(), { ...local, port, setting: "AUTH_PORT" });
    await expect(second).rejects.toThrow(ConfigurationError);
    await expect(second).rejects.toThrow(
      `port ${port} on 127.0.0.1 is already taken. Stop the program that uses it, or set AUTH_PORT to another port.`,
    );
  });

  it("says that an address cannot be opened, and why", async () => {
    const foreign = listen((_req, res) => res.end(), { ...local, host: "192.0.2.1", port: 9 });
    await expect(foreign).rejects.toThrow(ConfigurationError);
    await expect(foreign).rejects.toThrow(
      /^port 9 on 192\.0\.2\.1 cannot be opened \(E\w+\)\. Set PORT/,
    );
  });
});

describe("close", () => {
  // @rule EDGE-9
  it("lets open requests finish, takes no new ones, and does not wait for idle connections", async () => {
    const arrived = Promise.withResolvers<ServerResponse>();
    const server = await listen((_req, res) => arrived.resolve(res), local);
    const agent = new Agent({ keepAlive: true });
    onTestFinished(() => agent.destroy());
    const answer = new Promise<IncomingMessage>((resolve) => {
      get({ port: server.port, host: "127.0.0.1", agent }, resolve);
    });
    const open = await arrived.promise;

    const closed = server.close();
    await expect(fetch(`http://127.0.0.1:${server.port}`)).rejects.toThrow("fetch failed");
    open.end("whole");
    const response = await answer;
    expect(Buffer.concat(await response.toArray()).toString()).toBe("whole");

    const from = Date.now();
    await closed;
    expect(Date.now() - from).toBeLessThan(4_000); // a kept connection would last 5 s
  });

  // @rule EDGE-9
  it("cuts off requests that are still open after the time limit", async () => {
    const server = await listen((_req, res) => void res.write("endless"), local);
    const response = await fetch(`http://127.0.0.1:${server.port}`);
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());

    const closed = server.close();
    await vi.advanceTimersByTimeAsync(8_000);
    await closed;
    await expect(response.text()).rejects.toThrow("terminated");
  });
});

describe("runService", () => {
  function createHost() {
    const host = Object.assign(new EventEmitter(), {
      env: { NAME: "value" },
      connected: true,
      sent: [] as unknown[],
      exits: [] as unknown[],
      output: "",
      send: (message: unknown) => host.sent.push(message) > 0,
      exit: (code: number) => void host.exits.push(code),
      stderr: { write: (text: string) => void (host.output += text) },
    });
    return host;
  }
  type Host = ReturnType<typeof createHost>;

  const run = (host: Host, begin: (environment: NodeJS.ProcessEnv) => Promise<RunningService>) =>
    runService("test-service", host as unknown as Parameters<typeof runService>[1], begin);

  function createService(close: () => Promise<void> = async () => undefined) {
    return { message: "http://localhost:1", close: vi.fn<() => Promise<void>>(close) };
  }

  it("starts with the environment and tells its parent when it is ready", async () => {
    const host = createHost();
    const begin = vi.fn<() => Promise<RunningService>>(async () => createService());
    await run(host, begin);
    expect(begin).toHaveBeenCalledExactlyOnceWith(host.env);
    expect(host.sent).toEqual([{ ready: "test-service", message: "http://localhost:1" }]);
    expect(host.exits).toEqual([]);
  });

  it("runs without a parent, too", async () => {
    const host = createHost();
    await run(Object.assign(host, { send: undefined as never }), async () => createService());
    expect(host.exits).toEqual([]);
  });

  it.each(["SIGINT", "SIGTERM", "SIGHUP", "disconnect"])(
    "closes once on %s, then exits with 0",
    async (event) => {
      const host = createHost();
      const service = createService(() => sleep(5));
      await run(host, async () => service);
      host.emit(event);
      host.emit("SIGTERM");
      host.emit("SIGINT");
      expect(host.exits).toEqual([]); // not before it is closed
      await expect.poll(() => host.exits).toEqual([0]);
      expect(service.close).toHaveBeenCalledOnce();
    },
  );

  it("says that it did not stop cleanly, and exits with 1", async () => {
    const host = createHost();
    const service = createService(() => Promise.reject(new Error("the store hangs")));
    await run(host, async () => service);
    host.emit("SIGTERM");
    await expect.poll(() => host.exits).toEqual([1]);
    expect(host.output).toMatch(/^test-service: did not stop cleanly: Error: the store hangs/);
  });

  it("ends with one line for each bad setting and no stack", async () => {
    const host = createHost();
    await run(host, async () => {
      throw new ConfigurationError("PORT: must be a number.\nISSUER is not set: it must be.");
    });
    expect(host.exits).toEqual([1]);
    expect(host.output).toBe(
      "test-service: PORT: must be a number.\ntest-service: ISSUER is not set: it must be.\n",
    );
    expect(host.sent).toEqual([]);
  });

  it("shows the stack of anything else, because that is a bug", async () => {
    const host = createHost();
    await run(host, () => Promise.reject(new TypeError("x is not a function")));
    expect(host.exits).toEqual([1]);
    expect(host.output).toMatch(
      /^test-service: TypeError: x is not a function\ntest-service: +at /,
    );
  });
});
