import { CodedError, systemClock } from "@taiga-mcp/service";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import type { Fetch } from "../../src/cli/admin-client.ts";
import { type AdminHost, runAdmin } from "../../src/cli/run-admin.ts";
import type { KeyRotation } from "../../src/operations/key-rotation.ts";
import { connect, refresh, type Tokens } from "../support/client.ts";
import { startSystem, type System } from "../support/system.ts";
import { advance, stopClock } from "../support/time.ts";
import { INSTALLATION, KEY_REPORT, NOW } from "./examples.ts";

const toKey = (byte: number): string => Buffer.alloc(32, byte).toString("base64url");

interface Run {
  exitCode: number;
  printed: string;
  printedErrors: string;
}

async function run(args: string[], changes: Partial<AdminHost> = {}): Promise<Run> {
  const printed: string[] = [];
  const printedErrors: string[] = [];
  const exitCode = await runAdmin({
    args,
    environment: { MASTER_KEY: toKey(7) },
    fetch: () => Promise.reject(new Error("Nobody is to be asked.")),
    clock: () => NOW,
    print: (text) => printed.push(text),
    printError: (text) => printedErrors.push(text),
    columns: 500,
    paint: (_mark, text) => text,
    ...changes,
  });
  return { exitCode, printed: printed.join("\n"), printedErrors: printedErrors.join("\n") };
}

const toEnvironment = ({ privateUrl }: System): Record<string, string> => ({
  MASTER_KEY: toKey(7),
  AUTH_SERVER_PRIVATE_PORT: new URL(privateUrl).port,
});

/** A running server with master key 7, and the environment for the program. */
async function start(keyRotation: Partial<KeyRotation> = {}): Promise<Partial<AdminHost>> {
  const system = await startSystem({
    admin: {
      inspect: async () => INSTALLATION,
      keyRotation: {
        report: async () => KEY_REPORT,
        rotate: async () => KEY_REPORT,
        retire: async () => ({ ...KEY_REPORT, resealed: 3, removed: 1 }),
        ...keyRotation,
      },
    },
  });
  onTestFinished(() => system.close());
  // No request leaves this machine: public addresses are unreachable.
  const fetchHere: Fetch = (url, init) =>
    url.startsWith(system.privateUrl)
      ? fetch(url, init)
      : Promise.reject(new TypeError("fetch failed"));
  return { environment: toEnvironment(system), fetch: fetchHere };
}

describe("the program", () => {
  it("prints its usage on request, without any settings", async () => {
    const { exitCode, printed, printedErrors } = await run(["--help"], { environment: {} });
    expect([exitCode, printedErrors]).toEqual([0, ""]);
    expect(printed).toContain("npx --yes pnpm@12.21.0 admin <command>");
  });

  it("prints its usage as an error and exits with 2 for an unknown command", async () => {
    const { exitCode, printed, printedErrors } = await run(["kyes"]);
    expect([exitCode, printed]).toEqual([2, ""]);
    expect(printedErrors).toMatch(/^Unknown command "kyes"\.\n\n.*<command>/s);
  });

  it("shows the name that it is called by in a container", async () => {
    const { printed } = await run(["--help"], { environment: { RUNNING_IN_CONTAINER: "true" } });
    expect(printed).toContain("docker compose exec auth-server node dist/admin.js <command>");
  });

  it("prints what it found, and how to connect when nothing is wrong", async () => {
    const { exitCode, printed } = await run(["setup"], await start());
    expect(exitCode).toBe(0);
    expect(printed).toMatch(/^Taiga MCP at https:\/\/mcp\.example\.com\/mcp\n/);
    expect(printed).toContain("  ✓ Taiga ");
    expect(printed).toContain("  ! Public: issuer ");
    expect(printed).toContain("claude mcp add");
  });

  it("prints all results for scripts as JSON only", async () => {
    const { exitCode, printed } = await run(["setup", "--json"], await start());
    expect(exitCode).toBe(0);
    const { ok, findings, installation } = JSON.parse(printed) as Record<string, unknown>;
    expect(ok).toBe(true);
    expect(findings).toContainEqual(expect.objectContaining({ mark: "ok", about: "Store" }));
    expect(installation).toEqual(INSTALLATION);
  });

  it("exits with 1 when a check failed", async () => {
    const host = await start();
    const failing: Fetch = (url, init) =>
      url.endsWith("/mcp")
        ? Promise.resolve(new Response("", { status: 404 }))
        : host.fetch!(url, init);
    const { exitCode, printed } = await run(["setup"], { ...host, fetch: failing });
    expect(exitCode).toBe(1);
    expect(printed).toContain(
      "  ✗ Public: MCP endpoint  https://mcp.example.com/mcp answers HTTP 404",
    );
  });

  it.each([
    ["keys", /Key +State/],
    ["keys rotate", /^A new key was added\./],
    ["keys retire", /^3 records re-encrypted/],
  ])(
    "prints the result of %s as text, and the response of the server as JSON",
    async (command, text) => {
      const host = await start();
      const forPeople = await run(command.split(" "), host);
      expect(forPeople.exitCode).toBe(0);
      expect(forPeople.printed).toMatch(text);
      const forScripts = await run([...command.split(" "), "--json"], host);
      expect(JSON.parse(forScripts.printed)).toMatchObject(KEY_REPORT);
    },
  );
});

describe("the keys of a running server", () => {
  let system: System;
  let login: { clientId: string; tokens: Tokens };
  beforeEach(async () => {
    stopClock();
    system = await startSystem();
    login = await connect(system);
  });
  afterEach(async () => {
    vi.useRealTimers();
    await system.close();
  });

  const keys = (...args: string[]): Promise<Run> =>
    run(["keys", ...args], { environment: toEnvironment(system), fetch, clock: systemClock });

  const expectStillLoggedIn = async (): Promise<void> => {
    const answer = await refresh(system, login.clientId, login.tokens.refresh_token);
    expect(answer.status).toBe(200);
    login.tokens = answer.json as unknown as Tokens;
  };

  it("are replaced without a logout, and the old key goes only when it is no longer needed", async () => {
    expect((await keys()).printed).toContain("To replace the key ");
    expect(await keys("rotate")).toMatchObject({
      exitCode: 0,
      printed: expect.stringMatching(/^A new key was added\. It comes into use in 60 seconds/),
    });
    expect((await keys("rotate")).printedErrors).toMatch(
      /starts to seal at .* \(in 60 seconds\)\.$/,
    );
    const tooEarly = await keys("retire");
    expect(tooEarly.exitCode).toBe(1);
    expect(tooEarly.printedErrors).toMatch(/until .* \(in 61 minutes\)/);
    await expectStillLoggedIn();

    advance(61);
    expect((await keys()).printed).toMatch(
      /^From .* \(in 60 minutes\) on, you can re-encrypt the records of the older keys/m,
    );
    const early = await keys("retire");
    expect(early.exitCode).toBe(1);
    expect(early.printedErrors).toMatch(/until \d{4}-\d\d-\d\d \d\d:\d\d \(in 60 minutes\)/);
    await expectStillLoggedIn();

    advance(3600);
    expect((await keys()).printed).toMatch(/^To re-encrypt the records/m);
    const retired = await keys("retire");
    expect(retired.exitCode).toBe(0);
    expect(retired.printed).toMatch(/^[1-9]\d* records? re-encrypted, 1 older key removed\./);
    expect(retired.printed.match(/encrypts and decrypts/g)).toHaveLength(1);
    await expectStillLoggedIn();
  });
});

describe("the program prints the problem as a sentence and exits with 1", () => {
  it("when the server cannot be reached, with the address it tried and the settings to check", async () => {
    const cause = Object.assign(new Error("refused"), { code: "ECONNREFUSED" });
    const refused = (): Promise<Response> => Promise.reject(new TypeError("fetch", { cause }));
    const { exitCode, printed, printedErrors } = await run(["setup"], { fetch: refused });
    expect([exitCode, printed]).toEqual([1, ""]);
    expect(printedErrors).toBe(
      "The authorization server cannot be reached at http://127.0.0.1:3011 (ECONNREFUSED). Start it, or set AUTH_SERVER_PRIVATE_HOST and AUTH_SERVER_PRIVATE_PORT to the server's values.",
    );
  });

  it("when the server is silent", async () => {
    const late = (): Promise<Response> => Promise.reject(new DOMException("late", "TimeoutError"));
    const { exitCode, printedErrors } = await run(["keys"], { fetch: late });
    expect(exitCode).toBe(1);
    expect(printedErrors).toContain("did not answer within 280 seconds");
  });

  it("when the server has another master key", async () => {
    const { environment, ...host } = await start();
    const wrong = { ...environment, MASTER_KEY: toKey(1) };
    const { exitCode, printedErrors } = await run(["keys"], { ...host, environment: wrong });
    expect(exitCode).toBe(1);
    expect(printedErrors).toMatch(/has another master key\. Set MASTER_KEY, or DATA_DIR/);
  });

  it.each<[string, () => Response]>([
    ["a page", () => new Response("<p>It works!</p>")],
    ["a different JSON response", () => Response.json({ status: "ok" })],
    ["a different JSON error", () => Response.json({ detail: "no" }, { status: 404 })],
  ])("when something else answers: %s", async (_name, answer) => {
    const { exitCode, printedErrors } = await run(["setup"], { fetch: async () => answer() });
    expect(exitCode).toBe(1);
    expect(printedErrors).toContain("is not an authorization server of this version");
  });

  it.each<[string, string, RegExp]>([
    ["key_rotation_pending", "keys rotate", /^A key is coming\.$/],
    ["seal_broken", "keys rotate", /^This is a bug on our side\. See the log/],
  ])("when the server refuses with %s, and scripts get its answer", async (code, command, said) => {
    const host = await start({
      rotate: () => Promise.reject(new CodedError(code, "A key is coming.")),
    });
    const { exitCode, printed, printedErrors } = await run([...command.split(" "), "--json"], host);
    expect(exitCode).toBe(1);
    expect(printedErrors).toMatch(said);
    expect(JSON.parse(printed)).toHaveProperty("error_description");
  });

  it("when a setting is bad", async () => {
    const environment = { MASTER_KEY: "short" };
    const { exitCode, printedErrors } = await run(["keys"], { environment });
    expect(exitCode).toBe(1);
    expect(printedErrors).toMatch(/^MASTER_KEY: must be/);
  });

  it("and never shows the master key or the token", async () => {
    const cause = new Error("failed");
    const { printedErrors } = await run(["keys"], { fetch: () => Promise.reject(cause) });
    expect(printedErrors).not.toContain(toKey(7));
    expect(printedErrors).not.toMatch(/Bearer/);
  });
});
