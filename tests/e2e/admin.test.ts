// The operator's program against the running platform: what it finds, and its messages when
// a service is down.
import { readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { toAdminToken } from "../../apps/auth-server/src/operations/admin-token.ts";
import { runAdmin, runAdminScript } from "../support/admin.ts";
import { type McpSession, openSession } from "../support/mcp-session.ts";
import { startSystem, type System } from "../support/system.ts";
import { startTaigaFront, type TaigaFront } from "../support/taiga-front.ts";
import { PROCESS_MS } from "../support/time-limits.ts";

let system: System;
beforeAll(async () => {
  system = await startSystem();
  // Both start at once, and the resource server retries until the authorization server is up.
  await vi.waitUntil(isResourceServerConnected, { timeout: PROCESS_MS });
});
afterAll(() => system.stop());

async function isResourceServerConnected(): Promise<boolean> {
  const { stdout } = await runAdmin(["setup", "--json"], system.environment);
  const { installation } = JSON.parse(stdout) as { installation: { resourceServers: number } };
  return installation.resourceServers > 0;
}

const setup = () => runAdmin(["setup"], system.environment);

/** The result of each check, by name. */
const toMarks = (text: string): Record<string, string> =>
  Object.fromEntries(
    [...text.matchAll(/^ {2}([✓!✗]) (.+?) {2,}/gm)].map(([, mark = "", about = ""]) => [
      about,
      mark,
    ]),
  );

describe("setup", () => {
  // @rule OPS-5
  it("finds no problem in a running platform, and says how to connect", async () => {
    const { exitCode, stdout, stderr } = await setup();
    expect([exitCode, stderr]).toEqual([0, ""]);
    expect(toMarks(stdout)).toEqual({
      "Authorization server": "✓",
      Store: "✓",
      Keys: "✓",
      Taiga: "✓",
      "Password login": "✓",
      "Allowed users": "✓",
      Clients: "✓",
      "Resource server": "✓",
      "Public: issuer": "✓",
      "Public: MCP endpoint": "✓",
      "Public: MCP metadata": "✓",
    });
    expect(stdout).toContain(`claude mcp add --transport http taiga ${system.mcpUrl}`);
    expect(stdout).not.toContain("\u001B"); // no colours outside a terminal
  });

  it("says the same to scripts", async () => {
    const { exitCode, stdout } = await runAdmin(["setup", "--json"], system.environment);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      ok: true,
      installation: { issuer: system.issuer, resource: system.mcpUrl },
    });
  });

  it("can be run by a user on a machine with a system-wide proxy", async () => {
    const { exitCode, stdout } = await runAdminScript(["setup"], {
      ...system.environment,
      NODE_USE_ENV_PROXY: "1",
      HTTP_PROXY: "http://127.0.0.1:1",
    });
    expect(exitCode).toBe(0);
    expect(stdout).toContain("No problems found.");
  });

  it("is refused with another master key", async () => {
    const MASTER_KEY = Buffer.alloc(32, 1).toString("base64url");
    const { exitCode, stderr } = await runAdmin(["setup"], { ...system.environment, MASTER_KEY });
    expect(exitCode).toBe(1);
    expect(stderr).toContain("has another master key");
  });
});

describe("setup, while Taiga and the resource server are down", () => {
  beforeAll(() => Promise.all([system.sandbox.stop(), system.resourceServer.stop()]));
  afterAll(() => Promise.all([system.sandbox.start(), system.resourceServer.start()]));

  it("says which check fails, and what to look at", async () => {
    const { exitCode, stdout } = await setup();
    expect(exitCode).toBe(1);
    expect(toMarks(stdout)).toMatchObject({
      Store: "✓",
      Taiga: "✗",
      "Resource server": "✗",
      "Public: issuer": "✓",
      "Public: MCP endpoint": "✗",
    });
    expect(stdout).toContain(`${system.taigaApiUrl} cannot be reached (ECONNREFUSED)`);
    expect(stdout).toContain("TAIGA_API_URL");
    expect(stdout).not.toContain("claude mcp add");
  });
});

describe("setup, with the address of", () => {
  let front: TaigaFront;
  beforeAll(async () => {
    const sandboxPort = Number(new URL(system.taigaApiUrl).port);
    front = await startTaigaFront({ sandboxPort, path: "/taiga", loginType: "normal" });
  });
  afterAll(async () => {
    await front.close();
    await system.authServer.restart({ TAIGA_API_URL: system.taigaApiUrl });
  });

  describe.each([
    {
      place: "a Taiga with an untrusted certificate",
      toUrl: () => `https://localhost:${front.port}/taiga`,
      said: /has a certificate that is not trusted\s+\(\w+\).*TAIGA_CA_FILE/s,
    },
    {
      place: "something else",
      toUrl: () => system.issuer,
      said: /is not the API of a Taiga 6.*Set TAIGA_API_URL/s,
    },
    {
      place: "nothing",
      toUrl: () => "http://localhost:1",
      said: /cannot be reached \(ECONNREFUSED\).*Check TAIGA_API_URL/s,
    },
  ])("$place", ({ toUrl, said }) => {
    beforeAll(() => system.authServer.restart({ TAIGA_API_URL: toUrl() }));

    it("names the problem and the setting to change", async () => {
      const { exitCode, stdout } = await setup();
      expect(exitCode).toBe(1);
      expect(toMarks(stdout)["Taiga"]).toBe("✗");
      expect(stdout).toMatch(said);
    });
  });
});

describe("setup, while the authorization server is down", () => {
  beforeAll(() => system.authServer.stop());
  afterAll(() => system.authServer.start());

  it("says in one sentence where it looked", async () => {
    const { exitCode, stdout, stderr } = await setup();
    expect([exitCode, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/^The authorization server cannot be reached at .*\n$/);
    expect(stderr).toContain(system.internalUrl);
  });
});

describe("keys", () => {
  let session: McpSession;
  beforeAll(async () => {
    session = await openSession(system.mcpUrl, { username: "bob" }, { sdk: 2 });
  });
  afterAll(() => session.close());

  const expectStillLoggedIn = async (): Promise<void> => {
    session.forgetAccessToken();
    expect((await session.call("get_me")).text).toContain("bob");
    expect(session.logins()).toBe(1);
  };

  it("lists the only key, and how to replace it", async () => {
    const { exitCode, stdout } = await runAdmin(["keys"], system.environment);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(
      /^ {2}\S+ +encrypts and decrypts +\d{4}-\d\d-\d\d \d\d:\d\d +[1-9]\d*$/m,
    );
    expect(stdout).toContain("npx --yes pnpm@12.21.0 admin keys rotate");
  });

  it("has nothing to retire before a rotation", async () => {
    const { exitCode, stdout } = await runAdmin(["keys", "retire"], system.environment);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^There was no older key to remove\./);
  });

  // @rule OPS-5
  it("creates a new key in the running server without ending any login", async () => {
    const { exitCode, stdout } = await runAdmin(["keys", "rotate"], system.environment);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^A new key was added\. It comes into use in \d+ seconds/);
    expect(stdout).toMatch(/^ {2}\S+ +in use in \d+ seconds /m);
    expect(stdout).toMatch(
      /^From .* \(in \d+ minutes\) on, you can re-encrypt the records of the older keys/m,
    );
    await expectStillLoggedIn();
  });

  it("refuses another rotation until the new key is active, and says when", async () => {
    const { exitCode, stdout, stderr } = await runAdmin(["keys", "rotate"], system.environment);
    expect([exitCode, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(
      /starts to seal at \d{4}-\d\d-\d\d \d\d:\d\d \(in \d+ (second|minute)s?\)\./,
    );
  });

  it("refuses to retire keys that open pages may need, and says until when", async () => {
    const { exitCode, stdout, stderr } = await runAdmin(["keys", "retire"], system.environment);
    expect([exitCode, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/until \d{4}-\d\d-\d\d \d\d:\d\d \(in \d+ minutes\)/);
    const { stdout: answer } = await runAdmin(["keys", "retire", "--json"], system.environment);
    expect(JSON.parse(answer)).toMatchObject({ error: "keys_in_use" });
    await expectStillLoggedIn();
  });

  it("keeps the operator's token out of the logs", async () => {
    const file = path.join(system.environment["DATA_DIR"] ?? "", "master-key");
    const masterKey = new Uint8Array(Buffer.from(readFileSync(file, "utf8").trim(), "base64url"));
    await expect.poll(() => system.authServer.output()).toContain('"path":"/admin/keys/rotate"');
    const log = system.authServer.output();
    expect(log).not.toContain(toAdminToken(masterKey));
  });
});
