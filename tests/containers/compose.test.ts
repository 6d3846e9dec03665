// `docker compose up --build` without settings, as a new user runs it: built, started, used through
// TLS, scaled, stopped. The tests build on one another, in order.
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type McpSession, openSession } from "../support/mcp-session.ts";
import { createPlatform, type Platform } from "./support/platform.ts";

const MINUTE_MS = 60_000;

let platform: Platform;
let session: McpSession;

beforeAll(async () => {
  platform = await createPlatform();
  await platform.compose(["up", "--build", "--detach", "--wait"]);
  const authority = await platform.fetchAuthority();
  setDefaultCACertificates([...getCACertificates("default"), authority]);
}, 12 * MINUTE_MS);

afterAll(async () => {
  await session?.close();
  await platform.remove();
}, 3 * MINUTE_MS);

describe("the start", () => {
  it("leaves every service healthy and the set-up complete", async () => {
    const states = (await platform.containers()).map(({ Service, State, Health, ExitCode }) => [
      Service,
      Health || `${State} ${ExitCode}`,
    ]);
    expect(Object.fromEntries(states)).toEqual({
      setup: "exited 0",
      redis: "healthy",
      sandbox: "healthy",
      "auth-server": "healthy",
      "resource-server": "healthy",
      nginx: "healthy",
    });
  });

  it("publishes only nginx, and only to this machine", async () => {
    const published = (await platform.containers()).flatMap(({ Service, Publishers }) =>
      (Publishers ?? [])
        .filter(({ PublishedPort }) => PublishedPort > 0)
        .map(({ URL: address }) => `${Service} ${address}`),
    );
    expect(published).toEqual(["nginx 127.0.0.1", "nginx 127.0.0.1"]);
  });

  it("says in the log how to make Claude Code trust the certificate", async () => {
    const log = await platform.compose(["logs", "--no-log-prefix", "setup"]);
    expect(log).toContain("docker compose cp nginx:/etc/nginx/tls/ca.crt ~/taiga-mcp-ca.crt");
    expect(log).toContain("export NODE_EXTRA_CA_CERTS=~/taiga-mcp-ca.crt");
    expect(log).toContain(`claude mcp add --transport http taiga ${platform.mcpUrl}`);
  });

  it("creates a certificate authority restricted to this machine's names", async () => {
    const command = "openssl x509 -noout -text -in /etc/nginx/tls/ca.crt";
    const text = await platform.exec("nginx", command);
    expect(text).toMatch(
      /Name Constraints: critical\s+Permitted:\s+DNS:localhost\s+IP:127\.0\.0\.0/,
    );
  });

  it("gives the master key to the authorization server only", async () => {
    const config = await platform.compose(["config", "--format", "json"]);
    const { services } = JSON.parse(config) as {
      services: Record<string, { volumes?: { source: string }[] }>;
    };
    const holders = Object.entries(services)
      .filter(([, { volumes }]) => volumes?.some(({ source }) => source === "auth-secrets"))
      .map(([name]) => name);
    expect(holders.toSorted()).toEqual(["auth-server", "setup"]);
  });

  // @rule STORE-15
  it("has a Redis user for each service, and gives a stranger nothing but a sign of life", async () => {
    expect(await platform.exec("redis", "redis-cli PING")).toContain("NOAUTH");
    const asHealth = "redis-cli --user health --pass none";
    expect(await platform.exec("redis", `${asHealth} PING`)).toContain("PONG");
    expect(await platform.exec("redis", `${asHealth} KEYS *`)).toContain("NOPERM");
    for (const [service, folder] of [
      ["auth-server", "auth"],
      ["resource-server", "resource"],
    ] as const) {
      const password = await platform.exec(service, `cat /run/taiga-mcp/${folder}/store-password`);
      const ask = (command: string): Promise<string> =>
        platform.exec("redis", `redis-cli --user ${service} --pass ${password.trim()} ${command}`);
      expect(await ask(`GET taiga-mcp:${service}:schema`)).toMatch(/^1$/m);
      const other = service === "auth-server" ? "resource-server" : "auth-server";
      expect(await ask(`GET taiga-mcp:${other}:schema`)).toContain("NOPERM");
    }
  });

  it.each(["auth-server", "resource-server", "sandbox", "nginx", "redis"])(
    "runs %s without root, without capabilities and on a read-only file system",
    async (service) => {
      const status = await platform.exec(service, "cat /proc/1/status");
      expect(status).toMatch(/^Uid:\t[1-9]\d*\t/m);
      expect(status).toMatch(/^CapEff:\t0{16}$/m);
      expect(status).toMatch(/^NoNewPrivs:\t1$/m);
      const write = platform.exec(service, "touch /written", { user: "root" });
      await expect(write).rejects.toThrow("Read-only file system");
    },
  );
});

describe("the operator's program", () => {
  it("finds nothing wrong, and cannot see localhost from inside a container", async () => {
    const text = await platform.exec("auth-server", "node dist/admin.js setup");
    for (const about of ["Authorization server", "Store", "Keys", "Taiga", "Resource server"]) {
      expect(text).toContain(`✓ ${about} `);
    }
    expect(text).toContain("! Public: issuer ");
    expect(text).toContain("In a container, localhost is the container itself.");
    expect(text).toContain(`claude mcp add --transport http taiga ${platform.mcpUrl}`);
  });

  it("lists the keys that the store's records are sealed with", async () => {
    const text = await platform.exec("auth-server", "node dist/admin.js keys");
    expect(text).toMatch(/ encrypts and decrypts /);
  });
});

describe("the platform through TLS", () => {
  it("names only public https addresses in its metadata", async () => {
    for (const path of ["oauth-protected-resource/mcp", "oauth-authorization-server"]) {
      const response = await fetch(`${platform.publicUrl}/.well-known/${path}`);
      expect(response.status).toBe(200);
      const text = await response.text();
      const addresses = text.match(/[a-z]+:\/\/[^/"]+/g) ?? [];
      expect(addresses.length).toBeGreaterThan(1);
      expect(new Set(addresses)).toEqual(new Set([platform.publicUrl]));
    }
  });

  it("challenges a call without a token, with headers that web pages can read", async () => {
    const response = await fetch(platform.mcpUrl, { method: "POST" });
    expect(response.status).toBe(401);
    expect(response.headers.get("www-authenticate")).toContain(
      `resource_metadata="${platform.publicUrl}/.well-known/oauth-protected-resource/mcp"`,
    );
    expect(response.headers.get("access-control-expose-headers")).toMatch(/WWW-Authenticate/i);
  });

  it("answers health checks", async () => {
    const response = await fetch(`${platform.publicUrl}/healthz`);
    expect(await response.json()).toMatchObject({ status: "ok" });
  });

  it.each(["/token-exchange", "/readyz", "/metrics", "/admin/status"])(
    "does not lead to %s",
    async (path) => {
      for (const method of ["GET", "POST"]) {
        const response = await fetch(`${platform.publicUrl}${path}`, { method });
        expect(response.status).toBe(404);
      }
    },
  );

  it("redirects browsers from http to https, but not programs", async () => {
    const page = await fetch(`${platform.httpUrl}/`, { redirect: "manual" });
    expect([page.status, page.headers.get("location")]).toEqual([308, `${platform.publicUrl}/`]);
    const program = await fetch(`${platform.httpUrl}/mcp`, { method: "POST", redirect: "manual" });
    expect(program.status).toBe(426);
  });

  it.each([1, 2] as const)(
    "lets a client of SDK version %i log in and call a tool",
    async (sdk) => {
      session = await openSession(platform.mcpUrl, { username: "alice" }, { sdk });
      const { text, isError } = await session.call("get_me");
      expect(isError).not.toBe(true);
      expect(text).toContain("alice");
      if (sdk === 1) await session.close();
    },
    MINUTE_MS,
  );
});

describe("with two replicas of each service", () => {
  beforeAll(async () => {
    const replicas = { AUTH_SERVER_REPLICAS: "2", RESOURCE_SERVER_REPLICAS: "2" };
    await platform.compose(["up", "--detach", "--wait", "--no-recreate"], replicas);
    await sleep(6_000); // nginx resolves a name again after five seconds
  }, 3 * MINUTE_MS);

  it(
    "serves one login from both replicas",
    async () => {
      for (let count = 0; count < 30; count += 1) {
        expect((await session.call("get_me")).text).toContain("alice");
      }
      const logins = session.logins();
      session.forgetAccessToken();
      await session.call("get_me");
      expect(session.logins()).toBe(logins);
      for (const replica of ["1", "2"]) {
        const log = await platform.compose(["logs", "--index", replica, "resource-server"]);
        expect(log, `replica ${replica}`).toContain('"path":"/mcp"');
      }
    },
    MINUTE_MS,
  );

  it(
    "serves the pages of a new login from either replica",
    async () => {
      for (const username of ["bob", "carol"]) {
        const another = await openSession(platform.mcpUrl, { username }, { sdk: 2 });
        expect((await another.call("get_me")).text).toContain(username);
        await another.close();
      }
    },
    MINUTE_MS,
  );
});

describe("an outage of the authorization server", () => {
  it(
    "ends no login, and the platform recovers when the server is back",
    async () => {
      await platform.compose(["stop", "auth-server"]);
      const token = await fetch(`${platform.publicUrl}/token`, { method: "POST" });
      expect([502, 503, 504]).toContain(token.status);
      expect(await token.json()).toMatchObject({ error: "temporarily_unavailable" });
      const call = await fetch(platform.mcpUrl, {
        method: "POST",
        // Unknown, but of the right shape: others are refused without asking.
        headers: { authorization: `Bearer ${"unknown".padEnd(43, "-")}` },
      });
      expect(call.status).toBe(503);
      await platform.compose(["up", "--detach", "--wait", "--no-recreate"]);
      await sleep(6_000);
      const logins = session.logins();
      expect((await session.call("get_me")).text).toContain("alice");
      expect(session.logins()).toBe(logins);
    },
    2 * MINUTE_MS,
  );
});

describe("a restart of everything", () => {
  it(
    "stops each service cleanly and ends no login",
    async () => {
      await platform.compose(["stop"]);
      const stopped = (await platform.containers()).map(
        ({ Service, ExitCode }) => `${Service} ${ExitCode}`,
      );
      expect(stopped.filter((line) => !line.endsWith(" 0"))).toEqual([]);
      await platform.compose(["up", "--detach", "--wait", "--force-recreate"]);
      const logins = session.logins();
      session.forgetAccessToken();
      expect((await session.call("get_me")).text).toContain("alice");
      expect(session.logins()).toBe(logins);
    },
    3 * MINUTE_MS,
  );
});
