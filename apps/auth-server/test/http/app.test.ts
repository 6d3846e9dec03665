import { decodeJwt } from "jose";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { toAccountId } from "../../src/storage/key-names.ts";
import {
  type Answer,
  type Browser,
  basicAuth,
  createBrowser,
  createPkce,
  exchangeCode,
  introspect,
  type Pkce,
  postForm,
  refresh,
  register,
  revoke,
  type Tokens,
} from "../support/client.ts";
import { type System, TAIGA_API_URL } from "../support/system.ts";
import { openLogin, startWhole, submitForm } from "../support/whole.ts";

let system: System;
let browser: Browser;
beforeEach(async () => {
  system = await startWhole();
  browser = createBrowser(system.issuer);
});
afterEach(() => system.close());

const open = (clientId: string, pkce: Pkce) => openLogin(system, browser, clientId, pkce);

const submit = (page: Answer, url: string, name: string, fields: Record<string, string>) =>
  submitForm(system, browser, page, url, name, fields);

describe("a person who connects a client", () => {
  it("logs in to Taiga, chooses what the client may do, and the client works as that person", async () => {
    const pkce = createPkce();
    const clientId = await register(system);
    const { page: login, url } = await open(clientId, pkce);
    expect(login.status).toBe(200);
    const wrong = await submit(login, url, "login", { username: "alice", password: "wrong" });
    expect(wrong.leftFor).toBeUndefined();
    const { page: consent } = await submit(wrong.page, url, "login", {
      username: "alice",
      password: "correct",
    });
    expect(consent.text).toContain("alice");
    const { leftFor } = await submit(consent, url, "consent", {
      access: "write",
      projects: "all",
    });
    const code = leftFor?.searchParams.get("code") ?? "";
    const tokens = (await exchangeCode(system, clientId, code, pkce)).json as unknown as Tokens;

    const info = await introspect(system.privateUrl, tokens.access_token);
    expect(info.json).toMatchObject({ sub: toAccountId(TAIGA_API_URL, 7), access: "write" });
    const exchange = (): Promise<Answer> =>
      postForm(
        `${system.privateUrl}/token`,
        {
          grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
          subject_token: tokens.access_token,
          subject_token_type: "urn:ietf:params:oauth:token-type:access_token",
          resource: TAIGA_API_URL,
        },
        basicAuth(),
      );
    const taigaToken = String((await exchange()).json["access_token"]);
    expect(decodeJwt(taigaToken)["username"]).toBe("alice");
    expect((await refresh(system, clientId, tokens.refresh_token)).status).toBe(200);

    await revoke(system, clientId, tokens.access_token);
    expect((await exchange()).json["error"]).toBe("invalid_grant");
    const [grant = ""] = await system.kv.members(
      system.keys.accountGrants(toAccountId(TAIGA_API_URL, 7)),
    );
    expect(grant).toBe("");
  });

  it("may switch accounts before consenting; the client then works as the other account", async () => {
    const pkce = createPkce();
    const clientId = await register(system);
    const { page: login, url } = await open(clientId, pkce);
    await submit(login, url, "login", { username: "alice", password: "correct" });
    const again = await browser.open(`${url}?account=other`);
    const { page: consent } = await submit(again, url, "login", {
      username: "bob",
      password: "correct",
    });
    expect(consent.text).toContain("bob");
    const { leftFor } = await submit(consent, url, "consent", {
      access: "read",
      projects: "all",
    });
    const code = leftFor?.searchParams.get("code") ?? "";
    const { json } = await exchangeCode(system, clientId, code, pkce);
    const info = await introspect(system.privateUrl, String(json["access_token"]));
    expect(info.json).toMatchObject({ sub: toAccountId(TAIGA_API_URL, 8), access: "read" });
  });

  // @rule MCP-SECURITY-4
  it("may cancel, and the client gets an error", async () => {
    const { page, url } = await open(await register(system), createPkce());
    const { leftFor } = await submit(page, url, "cancel", {});
    expect(leftFor?.searchParams.get("error")).toBe("access_denied");
    expect(leftFor?.searchParams.get("iss")).toBe(system.issuer);
  });
});
