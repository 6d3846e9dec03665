// How an outage looks in the log, whatever the number of requests.
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { openSession, type McpSession } from "../support/mcp-session.ts";
import { MASTER_KEY, type Service, startSystem, type System } from "../support/system.ts";
import { createTcpProxy, type TcpProxy } from "../support/tcp-proxy.ts";
import { TEST_MS, WAIT_MS } from "../support/time-limits.ts";

const redisUrl = inject("redisUrl");
const WARN = 40;

describe.skipIf(redisUrl === undefined)("the log in an outage", () => {
  let proxy: TcpProxy;
  let system: System;
  let session: McpSession;

  beforeAll(async () => {
    const url = new URL(redisUrl ?? "");
    proxy = await createTcpProxy({ host: url.hostname, port: Number(url.port) });
    url.hostname = "127.0.0.1";
    url.port = `${proxy.port}`;
    system = await startSystem({ STORE_URL: url.href, MASTER_KEY });
    session = await openSession(system.mcpUrl, { username: "alice" }, { sdk: 2 });
  }, TEST_MS);
  afterAll(async () => {
    await session?.close();
    await system?.stop();
    await proxy?.close();
  });

  /** One request of each kind that an outage breaks; how they end does not matter here. */
  async function ask(): Promise<number[]> {
    const { access_token: token } = session.tokens();
    const headers = {
      authorization: `Bearer ${token}`,
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
    };
    const call = { name: "list_projects", arguments: {} };
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params: call });
    const form = new URLSearchParams({ grant_type: "refresh_token", refresh_token: "x" });
    const requests = [
      fetch(system.mcpUrl, { method: "POST", headers, body }),
      fetch(`${system.issuer}/token`, { method: "POST", body: form }),
      fetch(`${system.issuer}/authorize?client_id=unknown`),
      fetch(`${new URL(system.mcpUrl).origin}/readyz`),
    ];
    return await Promise.all(
      requests.map((request) =>
        request.then(
          async (response) => {
            await response.text();
            return response.status;
          },
          () => 0,
        ),
      ),
    );
  }

  /** Warnings and errors that a service has logged since `from`. The Redis of the tests writes no file. */
  const warningsOf = (service: Service, from: number): string[] =>
    service
      .output()
      .slice(from)
      .split("\n")
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line) as { level: number; msg: string })
      .filter(({ level, msg }) => level >= WARN && msg !== "store weakness")
      .map(({ msg }) => msg);

  interface Outage {
    begin: () => Promise<void>;
    end: () => Promise<void>;
    /** First and last line, by service; a service without an entry logs nothing. */
    lines: { authServer?: [string, string]; resourceServer?: [string, string] };
  }

  const OUTAGES: Record<string, Outage> = {
    Taiga: {
      begin: () => system.sandbox.stop(),
      end: () => system.sandbox.start(),
      lines: { resourceServer: ["Taiga does not answer", "Taiga answers again"] },
    },
    "the authorization server": {
      begin: () => system.authServer.stop(),
      end: () => system.authServer.start(),
      lines: {
        resourceServer: [
          "authorization server does not answer",
          "authorization server answers again",
        ],
      },
    },
    "the store": {
      begin: () => proxy.cut(),
      end: () => proxy.restore(),
      lines: {
        authServer: ["store connection lost", "store connection restored"],
        resourceServer: ["store connection lost", "store connection restored"],
      },
    },
  };

  // @rule START-6
  it.each(Object.entries(OUTAGES))(
    "has one line at the start and one at the end when %s is away",
    async (_name, { begin, end, lines }) => {
      // The consequences of the outage before are over.
      await new Promise((resolve) => setTimeout(resolve, 6_000));
      const services = { authServer: system.authServer, resourceServer: system.resourceServer };
      const from = {
        authServer: services.authServer.output().length,
        resourceServer: services.resourceServer.output().length,
      };
      const warnings = () => ({
        authServer: warningsOf(services.authServer, from.authServer),
        resourceServer: warningsOf(services.resourceServer, from.resourceServer),
      });
      await begin();
      for (let round = 0; round < 10; round++) {
        // oxlint-disable-next-line no-await-in-loop
        await ask();
      }
      await end();
      const expected = { authServer: [], resourceServer: [], ...lines };
      await expect
        .poll(
          async () => {
            await ask();
            return warnings();
          },
          { timeout: WAIT_MS, interval: 200 },
        )
        .toEqual(expected);
    },
    TEST_MS,
  );
});
