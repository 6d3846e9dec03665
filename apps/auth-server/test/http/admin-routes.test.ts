import { CodedError, ConfigurationError, createLogger, UnavailableError } from "@taiga-mcp/service";
import { describe, expect, it, onTestFinished } from "vitest";
import { toAdminToken } from "../../src/operations/admin-token.ts";
import type { AdminRoutesDeps } from "../../src/http/admin-routes.ts";
import { createKeyNames } from "../../src/storage/key-names.ts";
import { INSTALLATION, KEY_REPORT } from "../cli/examples.ts";
import { basicAuth, request } from "../support/client.ts";
import { createTestKv } from "../support/stores.ts";
import { startSystem, type System, TAIGA_API_URL, toMasterKeySetting } from "../support/system.ts";

const MASTER_KEY = toMasterKeySetting(8, 9);
const [NEWEST, OLDER] = [8, 9].map((byte) => toAdminToken(new Uint8Array(32).fill(byte))) as [
  string,
  string,
];

const bearer = (token: string): { authorization: string } => ({ authorization: `Bearer ${token}` });

interface Started {
  system: System;
  /** Lines of the log. */
  lines: string[];
  /** The operator's actions, in order. */
  calls: string[];
}

async function start(keyRotation: Partial<AdminRoutesDeps["keyRotation"]> = {}): Promise<Started> {
  const lines: string[] = [];
  const calls: string[] = [];
  const answer =
    <Answer>(name: string, value: Answer) =>
    async (): Promise<Answer> => {
      calls.push(name);
      return value;
    };
  const system = await startSystem({
    settings: { MASTER_KEY },
    logger: createLogger({
      name: "test",
      level: "trace",
      destination: { write: (line) => void lines.push(line) },
    }),
    admin: {
      inspect: answer("inspect", INSTALLATION),
      keyRotation: {
        report: answer("report", KEY_REPORT),
        rotate: answer("rotate", KEY_REPORT),
        retire: answer("retire", { ...KEY_REPORT, resealed: 3, removed: 1 }),
        ...keyRotation,
      },
    },
  });
  onTestFinished(() => system.close());
  return { system, lines, calls };
}

const ROUTES = [
  ["GET", "/admin/status", "inspect"],
  ["GET", "/admin/keys", "report"],
  ["POST", "/admin/keys/rotate", "rotate"],
  ["POST", "/admin/keys/retire", "retire"],
] as const;

describe("the operator's routes", () => {
  it.each(ROUTES)("%s %s answers JSON that no cache may keep", async (method, path, call) => {
    const { system, calls } = await start();
    const answer = await request(`${system.privateUrl}${path}`, {
      method,
      headers: bearer(NEWEST),
    });
    expect(answer.status).toBe(200);
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(answer.json).toMatchObject(call === "inspect" ? INSTALLATION : KEY_REPORT);
    expect(calls).toEqual([call]);
  });

  it("accept the token of any master key, so that a new key does not lock the operator out", async () => {
    const { system } = await start();
    const url = `${system.privateUrl}/admin/keys`;
    expect((await request(url, { headers: bearer(OLDER) })).status).toBe(200);
  });

  // @rule OPS-4
  it.each([
    ["no token", {}],
    ["a token of another key", bearer(toAdminToken(new Uint8Array(32).fill(1)))],
    ["the resource server's login", basicAuth()],
    ["the master key itself", bearer(toMasterKeySetting(8))],
    ["half a token", bearer(NEWEST.slice(0, 20))],
    ["the token in another scheme", { authorization: `Basic ${NEWEST}` }],
  ])("refuse %s with 401 and do nothing", async (_name, headers) => {
    const { system, calls } = await start();
    for (const [method, path] of [...ROUTES, ["GET", "/admin/nothing"] as const]) {
      const answer = await request(`${system.privateUrl}${path}`, { method, headers });
      expect([answer.status, answer.json["error"]]).toEqual([401, "invalid_token"]);
      expect(answer.headers.get("www-authenticate")).toMatch(/^Bearer realm=/);
      expect(answer.headers.get("cache-control")).toBe("no-store");
    }
    expect(calls).toEqual([]);
  });

  // @rule OPS-4
  it("slow down guessing, but never the operator", async () => {
    const { system } = await start();
    const url = `${system.privateUrl}/admin/keys`;
    const statuses = new Set<number>();
    for (let attempt = 0; attempt < 30; attempt += 1) {
      statuses.add((await request(url, { headers: bearer(`guess${attempt}`) })).status);
    }
    expect([...statuses]).toEqual([401, 429]);
    expect((await request(url, { headers: bearer(NEWEST) })).status).toBe(200);
  });

  it.each(ROUTES)("of %s %s refuse another method in JSON", async (method, path) => {
    const { system, calls } = await start();
    const other = method === "GET" ? "POST" : "GET";
    const answer = await request(`${system.privateUrl}${path}`, {
      method: other,
      headers: { ...bearer(NEWEST), accept: "text/html" },
    });
    expect([answer.status, answer.json["error"]]).toEqual([405, "invalid_request"]);
    expect(answer.headers.get("allow")).toBe(method);
    expect(calls).toEqual([]);
  });

  it("answer unknown paths with 404 in JSON", async () => {
    const { system } = await start();
    const headers = { ...bearer(NEWEST), accept: "text/html" };
    const answer = await request(`${system.privateUrl}/admin/keys/`, { headers });
    expect([answer.status, answer.json["error"]]).toEqual([404, "invalid_request"]);
  });

  it.each([
    ["key_rotation_pending", 409],
    ["keys_in_use", 409],
    ["seal_broken", 500],
  ])("pass on the refusal %s as %i", async (code, status) => {
    const error = new CodedError(code, "Wait until 14:05.");
    const { system } = await start({ rotate: () => Promise.reject(error) });
    const answer = await request(`${system.privateUrl}/admin/keys/rotate`, {
      method: "POST",
      headers: bearer(NEWEST),
    });
    expect(answer.status).toBe(status);
    expect(answer.json).toEqual(
      status === 409
        ? { error: code, error_description: "Wait until 14:05." }
        : { error: "server_error", error_description: "This is a bug on our side." },
    );
  });

  it.each([
    ["itself", (error: Error) => error],
    [
      "in the cause of an error",
      (cause: Error) => new UnavailableError("They are away.", { cause }),
    ],
  ])("tell the operator which setting is wrong, %s", async (_where, toThrown) => {
    const error = new ConfigurationError("MASTER_KEY does not open the key ring.");
    const { system } = await start({ report: () => Promise.reject(toThrown(error)) });
    const answer = await request(`${system.privateUrl}/admin/keys`, { headers: bearer(NEWEST) });
    expect(answer.status).toBe(503);
    expect(answer.json).toEqual({
      error: "temporarily_unavailable",
      error_description: error.message,
    });
  });

  it("report the status also while there are no keys, when all other routes answer 503", async () => {
    const kv = createTestKv();
    kv.failsOn = (_method, key) => key === createKeyNames(TAIGA_API_URL).ring;
    const system = await startSystem({
      kv,
      settings: { MASTER_KEY },
      admin: { inspect: async () => INSTALLATION },
    });
    onTestFinished(() => system.close());
    const status = `${system.privateUrl}/admin/status`;
    expect((await request(status, { headers: bearer(NEWEST) })).status).toBe(200);
    expect((await request(status)).status).toBe(401);
    expect((await request(`${system.privateUrl}/introspect`, { method: "POST" })).status).toBe(503);
  });

  it("answer 503 while the store does not respond", async () => {
    const error = new UnavailableError("The store does not answer.");
    const { system } = await start({ report: () => Promise.reject(error) });
    const answer = await request(`${system.privateUrl}/admin/keys`, { headers: bearer(NEWEST) });
    expect([answer.status, answer.json["error"]]).toEqual([503, "temporarily_unavailable"]);
    expect(answer.headers.get("retry-after")).not.toBeNull();
  });

  // @rule OPS-4
  it.each(ROUTES)("are not on the public listener: %s %s is 404", async (method, path) => {
    const { system, calls } = await start();
    const headers = bearer(NEWEST);
    const answer = await request(`${system.url}${path}`, { method, headers });
    expect(answer.status).toBe(404);
    expect(calls).toEqual([]);
  });

  // @rule OPS-4
  it("log each call, but never the token", async () => {
    const { system, lines } = await start();
    for (const token of [NEWEST, "guessed-token-of-somebody"]) {
      await request(`${system.privateUrl}/admin/status`, { headers: bearer(token) });
    }
    await expect.poll(() => lines.join("").match(/"path":"\/admin\/status"/g)).toHaveLength(2);
    expect(lines.join("")).not.toContain(NEWEST);
    expect(lines.join("")).not.toContain("guessed-token");
  });
});
