// Every SDK client, from an unknown server to a lost login and back, over real HTTP.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ClientKind, type McpSession, openSession } from "../support/mcp-session.ts";
import { endpointsOf, revoke } from "../support/oauth-client.ts";
import { startSystem, type System } from "../support/system.ts";

const CLIENTS: [string, ClientKind][] = [
  ["SDK v1", { sdk: 1 }],
  ["SDK v2 with its defaults", { sdk: 2 }],
  ["SDK v2 negotiating by itself", { sdk: 2, mode: "auto" }],
  ["SDK v2 pinned to 2026-07-28", { sdk: 2, mode: { pin: "2026-07-28" } }],
];

let system: System;
beforeAll(async () => {
  system = await startSystem();
});
afterAll(() => system.stop());

describe.each(CLIENTS)("%s", (name, kind) => {
  let session: McpSession;
  afterAll(() => session.close());

  // @rule MCP-TRANSPORT-2
  it("finds its way from a 401 through registration, login and consent to the tools", async () => {
    session = await openSession(system.mcpUrl, { username: "alice" }, kind);
    expect(session.logins()).toBe(1);
    expect(await session.listTools()).toEqual(
      expect.arrayContaining(["get_me", "list_projects", "find_items", "create_items"]),
    );
  });

  it("reads Taiga as the user who logged in", async () => {
    const me = await session.call("get_me");
    expect(me.isError).not.toBe(true);
    expect(me.text).toContain("alice");
  });

  it("writes a story and reads it back", async () => {
    const project = await firstProject(session);
    const subject = `Written by ${name}`;
    const created = await session.call("create_items", {
      project,
      items: [{ kind: "story", subject }],
    });
    expect(created.text).toContain(subject);
    const found = await session.call("find_items", { project, text: subject.split(" ").at(-1) });
    expect(found.text).toContain(subject);
  });

  it("refreshes an invalid access token without asking the user", async () => {
    const before = session.tokens();
    session.forgetAccessToken();
    expect((await session.call("get_me")).text).toContain("alice");
    expect(session.tokens().refresh_token).not.toBe(before.refresh_token);
    expect(session.logins()).toBe(1);
  });

  it("must log in again once the grant is revoked, and can", async () => {
    const tokens = session.tokens();
    await revoke(await endpointsOf(system.issuer), session.clientId(), tokens.refresh_token ?? "");
    await expect.poll(() => statusOf(system.mcpUrl, tokens.access_token)).toBe(401);
    expect((await session.call("get_me")).text).toContain("alice");
    expect(session.logins()).toBe(2);
  });
});

async function firstProject(session: McpSession): Promise<string> {
  const { text } = await session.call("list_projects");
  const slug = /^(?<slug>[\w-]+) \|/m.exec(text)?.groups?.["slug"];
  if (slug === undefined) throw new Error("alice has no project");
  return slug;
}

async function statusOf(mcpUrl: string, accessToken: string): Promise<number> {
  const response = await fetch(mcpUrl, {
    method: "POST",
    headers: { authorization: `Bearer ${accessToken}`, "content-type": "application/json" },
    body: "{}",
  });
  await response.body?.cancel();
  return response.status;
}
