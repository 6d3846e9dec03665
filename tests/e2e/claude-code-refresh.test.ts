// How a login of Claude Code lasts, and how it recovers when the server has lost its data.
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createBrowser } from "../support/browser.ts";
import { type ClaudeCodeUser, createClaudeCodeUser } from "../support/claude-code-user.ts";
import {
  callbackAt,
  type ClaudeCode,
  createClaudeCode,
  type Tokens,
} from "../support/claude-code.ts";
import { startSystem, type System } from "../support/system.ts";
import { WAIT_MS } from "../support/time-limits.ts";

let system: System;
let dataDir: string;
let claude: ClaudeCode;
let user: ClaudeCodeUser;
beforeAll(async () => {
  dataDir = mkdtempSync(path.join(tmpdir(), "taiga-mcp-claude-code-"));
  system = await startSystem({ DATA_DIR: dataDir });
  claude = createClaudeCode(system.mcpUrl);
  user = createClaudeCodeUser(claude, system.issuer);
});
afterAll(async () => {
  await system.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

describe("a refresh", () => {
  let clientId: string;
  beforeAll(async () => {
    clientId = await user.register(51_020);
  });

  it("before expiry issues a new pair and keeps the old access token valid for other processes", async () => {
    const first = await user.logIn(clientId, 52_020);
    const second = await user.refresh(clientId, first.refresh_token);
    expect(second.access_token).not.toBe(first.access_token);
    expect(second.refresh_token).not.toBe(first.refresh_token);
    expect(second.scope).toBe(first.scope);
    for (const { access_token } of [first, second]) {
      expect(await user.whoAmI(access_token)).toContain("alice");
    }
  });

  // @rule RFC9700-4.14.2-1
  it("by three processes at once gives all of them the same tokens, and ends no login", async () => {
    const { refresh_token } = await user.logIn(clientId, 52_021);
    const answers = await Promise.all([1, 2, 3].map(() => user.refresh(clientId, refresh_token)));
    expect(new Set(answers.map((answer) => answer.refresh_token)).size).toBe(1);
    expect(new Set(answers.map((answer) => answer.access_token)).size).toBe(1);
    const next = await user.refresh(clientId, answers[0]?.refresh_token ?? "");
    expect(await user.whoAmI(next.access_token)).toContain("alice");
  });

  it("with a token of a revoked login is invalid_grant, and the same client logs in again", async () => {
    const { refresh_token } = await user.logIn(clientId, 52_022);
    const revocation = await fetch(`${system.issuer}/revoke`, {
      method: "POST",
      body: new URLSearchParams({ token: refresh_token, client_id: clientId }),
    });
    expect(revocation.status).toBe(200);
    const response = await claude.refresh(clientId, refresh_token);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: "invalid_grant" });
    const tokens = await user.logIn(clientId, 52_023);
    expect(await user.whoAmI(tokens.access_token)).toContain("alice");
  });
});

describe("an authorization server that lost its data", () => {
  let clientId: string;
  let tokens: Tokens;
  beforeAll(async () => {
    clientId = await user.register(51_030);
    tokens = await user.logIn(clientId, 52_030);
    await system.authServer.stop();
    for (const file of readdirSync(dataDir)) {
      if (file.startsWith("auth-server.sqlite")) rmSync(path.join(dataDir, file));
    }
    await system.authServer.start();
  });

  it("answers the old access token with a challenge", async () => {
    // The token may still be cached for a moment; its store is gone for good.
    await expect
      .poll(async () => (await claude.send(tokens.access_token, "tools/list")).status, {
        timeout: 2 * WAIT_MS,
      })
      .toBe(401);
    const response = await claude.send(tokens.access_token, "tools/list");
    expect(response.headers.get("www-authenticate")).toMatch(
      /error="invalid_token".*resource_meta/,
    );
  });

  // @rule RFC6749-5.2-2
  it("answers a refresh with 401 invalid_client, which makes the client register anew", async () => {
    const response = await claude.refresh(clientId, tokens.refresh_token);
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ error: "invalid_client" });
  });

  it("tells a user who arrives at the login with the old client what to do", async () => {
    const { url } = await claude.toAuthorizationRequest(clientId, callbackAt(52_031));
    const outcome = await createBrowser(system.issuer).open(url.href);
    expect(outcome.page?.status).toBe(400);
    expect(outcome.page?.text).toContain("This app is not known here");
  });

  // @rule RFC6749-5.2-2
  it("accepts the client again after a new registration and login", async () => {
    const next = await user.logIn(await user.register(51_032), 52_032);
    expect(await user.whoAmI(next.access_token)).toContain("alice");
  });
});
