import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { toAdminToken } from "../../src/operations/admin-token.ts";
import { basicAuth } from "../support/client.ts";
import { rawRequest } from "../support/raw.ts";
import { startSystem, type System } from "../support/system.ts";

let system: System;
beforeEach(async () => {
  system = await startSystem({
    settings: {
      AUTH_SERVER_INTERNAL_URL: "http://auth-server:3011",
      AUTH_SERVER_PRIVATE_NAMES: "metrics.example, *.pods.example",
    },
  });
});
afterEach(() => system.close());

const ask = (host: string, target: string, method = "GET", headers: Record<string, string> = {}) =>
  rawRequest(system.privateUrl, {
    target,
    method,
    headers: { ...headers, host },
    ...(method === "POST" && { body: "token=x" }),
  });

const REQUESTS: [target: string, method: string][] = [
  ["/introspect", "POST"],
  ["/token", "POST"],
  ["/revocations", "GET"],
  ["/admin/installation", "GET"],
  ["/metrics", "GET"],
  ["/readyz", "GET"],
  ["/healthz", "GET"],
  ["/.well-known/oauth-authorization-server", "GET"],
  ["/nothing", "GET"],
];

describe("the private listener", () => {
  // @rule EDGE-13
  it.each([
    "evil.example",
    "127.0.0.1.evil.example",
    "localhost.evil.example:80",
    "evil.example@127.0.0.1",
    "auth-server.evil.example",
    "pods.example",
    "evilpods.example",
    "203.0.113.7:3011",
    "%",
  ])("answers 421 as JSON for the host %j, whatever the credentials", async (host) => {
    const [operator] = system.config.masterKeys.map(toAdminToken);
    for (const [target, method] of REQUESTS) {
      const headers = target.startsWith("/admin")
        ? { authorization: `Bearer ${operator}` }
        : { ...basicAuth(), "content-type": "application/x-www-form-urlencoded" };
      const answer = await ask(host, target, method, headers);
      expect([target, answer.status]).toEqual([target, 421]);
      expect(answer.headers["content-type"]).toContain("application/json");
      expect(JSON.parse(answer.text)).toMatchObject({
        error: "invalid_request",
        error_description: expect.stringContaining("AUTH_SERVER_PRIVATE_NAMES") as unknown,
      });
    }
  });

  // @rule EDGE-13
  it.each([
    "localhost",
    "LOCALHOST:9999",
    "127.0.0.1:3011",
    "127.0.0.2",
    "[::1]:3011",
    "auth-server:3011",
    "Auth-Server",
    "metrics.example:3011",
    "one.pods.example",
  ])("answers for its own host %s", async (host) => {
    expect((await ask(host, "/healthz")).status).toBe(200);
    const headers = { ...basicAuth(), "content-type": "application/x-www-form-urlencoded" };
    const answer = await ask(host, "/introspect", "POST", headers);
    expect([answer.status, JSON.parse(answer.text)]).toEqual([200, { active: false }]);
  });
});
