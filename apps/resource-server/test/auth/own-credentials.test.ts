import { createLogger } from "@taiga-mcp/service";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createOwnCredentials } from "../../src/auth/own-credentials.ts";
import { type Harness, rpc, startHarness } from "../support/harness.ts";

describe("readiness", () => {
  let rs: Harness;
  beforeEach(async () => {
    rs = await startHarness();
    rs.grant("token");
  });
  afterEach(() => rs.close());

  const readiness = async () => {
    const response = await fetch(`${rs.url}/readyz`);
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };

  // @rule OUTAGE-18
  it.each([
    [401, "rejected the resource server's credentials"],
    [403, "rejected the resource server's credentials"],
    [429, "too many attempts with wrong credentials"],
  ])("ends while the authorization server answers %i", async (status, reason) => {
    expect((await readiness()).status).toBe(200);

    rs.authServer.broken = { status, body: { error: "refused" }, except: "/readyz" };
    expect((await rs.post(rpc("ping"), { token: "token" })).status).toBe(503);
    expect(await readiness()).toEqual({
      status: 503,
      body: {
        status: "unavailable",
        checks: { store: "ok", auth_server: "ok", credentials: "refused" },
        reason: expect.stringContaining(reason),
      },
    });

    rs.authServer.broken = undefined;
    expect((await rs.post(rpc("ping"), { token: "token" })).status).toBe(200);
    expect((await readiness()).status).toBe(200);
  });

  // @rule OUTAGE-18
  it("ends when the revocation stream is refused, without a request of a client", async () => {
    rs.authServer.streamStatus = 401;
    rs.start();
    await expect.poll(async () => (await readiness()).status).toBe(503);
  });
});

describe("the log", () => {
  const createLogged = () => {
    const time = { now: 1_000 };
    const lines: Record<string, unknown>[] = [];
    const destination = { write: (line: string) => void lines.push(JSON.parse(line)) };
    const logger = createLogger({ name: "test", level: "info", destination });
    const credentials = createOwnCredentials({ clock: () => time.now, logger });
    return { time, credentials, messages: () => lines.map(({ msg }) => msg), lines };
  };

  // @rule OUTAGE-18
  it("says once a minute why the credentials are refused, and once that it is over", () => {
    const { time, credentials, messages, lines } = createLogged();
    for (let second = 0; second < 120; second += 2) {
      credentials.observe(second % 4 === 0 ? 401 : 429);
      time.now += 2;
    }
    expect(messages()).toEqual(["own credentials refused", "own credentials refused"]);
    expect(lines[0]).toMatchObject({ reason: expect.stringContaining("RS_CLIENT_SECRET") });
    credentials.observe(200);
    credentials.observe(200);
    expect(messages().slice(2)).toEqual(["own credentials accepted again"]);
  });

  it("counts neither an outage nor a redirect as acceptance", () => {
    const { credentials, messages } = createLogged();
    credentials.observe(401);
    for (const status of [500, 503, 404, 301]) credentials.observe(status);
    expect(credentials.problem()).toBeDefined();
    expect(messages()).toHaveLength(1);
    credentials.observe(400);
    expect(credentials.problem()).toBeUndefined();
  });
});
