import { createSqliteKv, type Kv } from "@taiga-mcp/store";
import { systemClock } from "@taiga-mcp/service";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runAdmin } from "../../src/cli/run-admin.ts";
import { toAdminToken } from "../../src/operations/admin-token.ts";
import { connectApp, openAccount, toText } from "../account/account-world.ts";
import { introspect, request } from "../support/client.ts";
import { createFakeTaiga } from "../support/fake-taiga.ts";
import { type System, toMasterKeySetting } from "../support/system.ts";
import { startWhole } from "../support/whole.ts";

let kv: Kv;
let system: System;
const taiga = createFakeTaiga({ alice: 7, bob: 8 });
beforeEach(async () => {
  kv = createSqliteKv({ file: ":memory:", clock: systemClock });
  system = await startWhole({ taiga, kv });
});
afterEach(() => system.close());

/** Runs the program as the operator does. */
async function admin(...args: string[]): Promise<{ exitCode: number; out: string; err: string }> {
  const out: string[] = [];
  const err: string[] = [];
  const exitCode = await runAdmin({
    args,
    environment: {
      MASTER_KEY: toMasterKeySetting(7),
      AUTH_SERVER_PRIVATE_PORT: new URL(system.privateUrl).port,
    },
    fetch,
    clock: systemClock,
    print: (text) => out.push(text),
    printError: (text) => err.push(text),
    columns: 100,
    paint: (_mark, text) => text,
  });
  return { exitCode, out: out.join("\n"), err: err.join("\n") };
}

const isActive = async (token: string): Promise<unknown> =>
  (await introspect(system.privateUrl, token)).json["active"];

describe("admin logins", () => {
  // @rule ACC-11
  it("lists who is logged in with which client, and only those that are asked for", async () => {
    await connectApp(system, "alice", { name: "Claude\u001B[31m", access: "read" });
    await connectApp(system, "bob", { name: "Cursor" });
    const all = await admin("logins");
    expect(all.exitCode).toBe(0);
    expect(all.out).toContain("2 logins");
    expect(all.out).toMatch(
      /alice · Claude\uFFFD?\[31m \(not verified\) · read, all projects\n +used \d seconds? ago from (127\.0\.0\.1|::\S*)/,
    );
    const { out } = await admin("logins", "--user", "ALICE", "--json");
    const { logins } = JSON.parse(out) as { logins: { user: string; access: string }[] };
    expect(logins).toMatchObject([{ user: "alice", access: "read", projects: "all" }]);
    expect((await admin("logins", "--client", "cursor")).out).toMatch(/^1 login\n\n {2}bob/);
    expect((await admin("logins", "--since", "1m", "--user", "bob")).out).toContain("1 login");
    expect((await admin("logins", "--user", "nobody")).out).toBe("No login matches.");
  });

  // @rule ACC-11
  it("ends those of a user at once, and the user sees who did it", async () => {
    const alice = await connectApp(system, "alice");
    const bob = await connectApp(system, "bob");
    const { out } = await admin("end", "--user", "alice");
    expect(out).toMatch(
      /^Ended 1 login: their tokens are refused from now on\.\n\n {2}alice · Test/,
    );
    expect(await isActive(alice.tokens.access_token)).toBe(false);
    expect(await isActive(bob.tokens.access_token)).toBe(true);
    const { page } = await openAccount(system, "alice");
    expect(toText(page)).toContain("The operator of this server disconnected Test client");
    expect((await admin("end", "--user", "alice")).out).toContain("nothing was ended");
  });

  // @rule ACC-11
  it.each([["--all"], ["--client", "Test client"]])(
    "ends with %s those of all users",
    async (...args) => {
      const apps = [await connectApp(system, "alice"), await connectApp(system, "bob")];
      expect((await admin("end", ...args)).out).toContain("Ended 2 logins");
      for (const { tokens } of apps) expect(await isActive(tokens.access_token)).toBe(false);
    },
  );

  // @rule ACC-11
  it.each([
    ["", "user: or client, grant or all must say which logins to end."],
    ["user=", "user: must not be empty."],
    ["grant=1", "grant: must be the name of a grant in `admin logins`."],
    ["name=alice", "name: is not known here."],
    ["all=yes", "all: must be true."],
    ["user=a&user=b", "user: must be sent once."],
  ])("ends nothing for the form %j, and says why", async (body, message) => {
    const { tokens } = await connectApp(system, "alice");
    const { status, json } = await request(`${system.privateUrl}/admin/logins/end`, {
      method: "POST",
      headers: { authorization: `Bearer ${toAdminToken(new Uint8Array(32).fill(7))}` },
      body: new URLSearchParams(body),
    });
    expect([status, json["error_description"]]).toEqual([400, message]);
    expect(await isActive(tokens.access_token)).toBe(true);
  });

  // @rule ACC-11
  it("is for the operator only, and not on the public listener", async () => {
    const url = `${system.privateUrl}/admin/logins`;
    expect((await request(url)).status).toBe(401);
    expect((await request(`${system.issuer}/admin/logins`)).status).toBe(404);
  });
});

describe("a name that was taken off ALLOWED_USERS", () => {
  const restart = async (settings: Record<string, string>): Promise<void> => {
    await system.close();
    system = await startWhole({ taiga, kv, settings });
    system.start();
  };

  // @rule ACC-12
  it("ends the user's logins at the next start, and no others", async () => {
    const alice = await connectApp(system, "alice");
    const bob = await connectApp(system, "bob");
    await restart({ ALLOWED_USERS: "Bob" });
    await expect.poll(() => isActive(alice.tokens.access_token)).toBe(false);
    expect(await isActive(bob.tokens.access_token)).toBe(true);
  });

  // @rule ACC-12
  it("ends nothing when e-mail addresses allow users as well, which are checked later", async () => {
    const alice = await connectApp(system, "alice");
    await restart({ ALLOWED_USERS: "bob", ALLOWED_EMAIL_DOMAINS: "example.com" });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await isActive(alice.tokens.access_token)).toBe(true);
  });
});
