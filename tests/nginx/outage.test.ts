// Services that stop, come back, or come back under another address.
import process from "node:process";
import { afterEach, beforeEach, describe, expect, inject, it } from "vitest";
import { ask } from "./support/ask.ts";
import { startFakeService } from "./support/fake-service.ts";
import { type OneHost, startOneHost } from "./support/one-host.ts";

const nginx = inject("nginx");

describe.skipIf(nginx === null)("an outage", () => {
  let platform: OneHost;
  beforeEach(async () => {
    platform = await startOneHost(nginx!);
  });
  afterEach(() => platform.stop());

  // @rule OUTAGE-4 EDGE-6
  it.each(["/mcp", "/token", "/.well-known/oauth-authorization-server"])(
    "of the service behind %s is 502 temporarily_unavailable, so that no client drops its login",
    async (path) => {
      await Promise.all([platform.authServer.stop(), platform.resourceServer.stop()]);
      const answer = await ask(platform.site, path, { method: "POST" });
      expect(answer.status).toBe(502);
      expect(JSON.parse(answer.text)).toMatchObject({ error: "temporarily_unavailable" });
      expect(answer.all("content-type")).toEqual(["application/json"]);
      expect(answer.all("cache-control")).toEqual(["no-store"]);
      expect(answer.all("retry-after")).toEqual(["5"]);
      expect(answer.all("www-authenticate")).toEqual([]);
      expect(answer.all("access-control-allow-origin")).toEqual(["*"]);
      expect(answer.all("access-control-expose-headers")).toHaveLength(1);
    },
  );

  it("is the same answer for a large request", async () => {
    await platform.resourceServer.stop();
    const body = Buffer.alloc(3 * 1024 * 1024);
    const answer = await ask(platform.site, "/mcp", { method: "POST", body });
    expect(answer.status).toBe(502);
  });

  it("of one service does not affect the other", async () => {
    await platform.authServer.stop();
    expect(await ask(platform.site, "/mcp")).toMatchObject({ status: 200 });
  });

  it("that cuts an answer off before its first byte is the same answer", async () => {
    platform.resourceServer.respond((req) => void req.socket.destroy());
    const answer = await ask(platform.site, "/mcp", { method: "POST", body: "{}" });
    expect(answer.status).toBe(502);
    expect(platform.resourceServer.requests).toHaveLength(1); // a POST that was sent is not sent again
  });

  it("with an unresolvable name is the same answer, within seconds", async () => {
    platform.nameServer.names.delete("resource-server");
    const answer = await ask(platform.site, "/mcp", { method: "POST" });
    expect(answer.status).toBe(502);
    expect(JSON.parse(answer.text)).toMatchObject({ error: "temporarily_unavailable" });
  });

  it("ends when the service is back", async () => {
    const { port } = platform.resourceServer;
    await platform.resourceServer.stop();
    expect(await ask(platform.site, "/mcp")).toMatchObject({ status: 502 });
    const again = await startFakeService("again", { port });
    try {
      expect(await ask(platform.site, "/mcp")).toMatchObject({ status: 200, text: "again" });
    } finally {
      await again.stop();
    }
  });

  // Other systems have no second loopback address without set-up.
  // @rule EDGE-6
  it.skipIf(process.platform !== "linux")(
    "ends when the service is back under another address, without an nginx restart",
    async () => {
      const { port } = platform.resourceServer;
      expect(await ask(platform.site, "/mcp")).toMatchObject({ text: "resource-server" });
      await platform.resourceServer.stop();
      const moved = await startFakeService("moved", { host: "127.0.0.2", port });
      platform.nameServer.names.set("resource-server", "127.0.0.2");
      try {
        // Each worker process of nginx remembers the old address for up to five seconds.
        await expect.poll(askTwentyTimes, { interval: 200 }).toEqual(new Set(["200 moved"]));
      } finally {
        await moved.stop();
      }
    },
  );

  async function askTwentyTimes(): Promise<Set<string>> {
    const answers = new Set<string>();
    for (let count = 0; count < 20; count += 1) {
      const { status, text } = await ask(platform.site, "/mcp");
      answers.add(`${status} ${text}`);
    }
    return answers;
  }
});
