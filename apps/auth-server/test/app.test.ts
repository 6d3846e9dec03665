import { createLogger, systemClock } from "@taiga-mcp/service";
import { createMemoryKv } from "@taiga-mcp/store";
import { decodeJwt, UnsecuredJWT } from "jose";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { toCsrfKeys } from "../src/crypto/keys.ts";
import { createSealer } from "../src/crypto/seal.ts";
import { createCsrf } from "../src/interactions/csrf.ts";
import { createInteractionsRouter } from "../src/interactions/router.ts";
import { createStorageKeys, toAccountId } from "../src/storage/keys.ts";
import { createRenewalCalendar } from "../src/vault/renewal-calendar.ts";
import { createVault } from "../src/vault/vault.ts";
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
  toAuthorizeParams,
  type Tokens,
} from "./support/client.ts";
import { startSystem, type System, TAIGA_API_URL } from "./support/system.ts";

const KEYS = createStorageKeys(TAIGA_API_URL);
const USERS: Readonly<Record<string, number>> = { alice: 7, bob: 8 };

/** When Taiga's tokens end: in a day, as real ones do, and all in the same second. */
const TOMORROW = Math.floor(Date.now() / 1000) + 86_400;

const toTaigaToken = (username: string): string =>
  new UnsecuredJWT({ username }).setExpirationTime(TOMORROW).encode();

/** All parts as main.ts joins them; only Taiga itself is pretended. */
async function startWhole(): Promise<System> {
  const kv = createMemoryKv({ clock: systemClock });
  const logger = createLogger({ name: "test", level: "silent" });
  const masterKeys = [new Uint8Array(32).fill(7)] as const;
  const vault = createVault({
    kv,
    seal: createSealer(masterKeys, "vault"),
    clock: systemClock,
    refresh: () => Promise.reject(new Error("Nothing needs to be refreshed here.")),
    whoIs: () => Promise.reject(new Error("Nobody needs to be asked about here.")),
    sharedTokens: { note: async () => {}, release: async () => {} },
    toAccountId: (userId) => toAccountId(TAIGA_API_URL, userId),
    ttlSeconds: 660,
    endGrant: () => Promise.reject(new Error("Taiga ends no login here.")),
    keys: KEYS,
    calendar: createRenewalCalendar({ kv, clock: systemClock, keys: KEYS }),
    logger,
  });
  return await startSystem({
    kv,
    vault,
    pages: (interactions, config) =>
      createInteractionsRouter({
        interactions,
        vault,
        password: {
          login: async ({ username, password }) => {
            const id = USERS[username];
            if (id === undefined || password !== "correct") {
              return { ok: false, reason: "wrong_credentials" };
            }
            const token = toTaigaToken(username);
            return {
              ok: true,
              account: {
                id,
                username,
                fullName: username,
                email: "",
                isEmailVerified: false,
                isActive: true,
              },
              credential: { scheme: "Bearer", token, refreshToken: "refresh" },
            };
          },
        },
        listOwnProjects: async () => [],
        csrf: createCsrf(...toCsrfKeys(masterKeys)),
        allowLists: { users: [], emailDomains: [] },
        issuer: config.issuer,
        toAccountId: (userId) => toAccountId(TAIGA_API_URL, userId),
        accessLimit: config.accessLimit,
        taigaWebUrl: config.taigaWebUrl,
        mcpUrl: config.resource,
        logger,
        sleep: async () => undefined,
      }),
  });
}

let system: System;
let browser: Browser;
beforeEach(async () => {
  system = await startWhole();
  browser = createBrowser(system.issuer);
});
afterEach(() => system.close());

async function open(clientId: string, pkce: Pkce): Promise<{ page: Answer; url: string }> {
  const params = toAuthorizeParams(clientId, pkce).toString();
  const started = await browser.open(`${system.issuer}/authorize?${params}`);
  const url = new URL(started.headers.get("location") ?? "", system.issuer).href;
  return { url, page: await browser.open(url) };
}

/** Fills in the form of a page whose action ends in `name`. */
async function submit(
  { text }: Answer,
  url: string,
  name: string,
  fields: Record<string, string>,
): Promise<{ page: Answer; leftFor: URL | undefined }> {
  const form = text.split("<form").find((part) => part.includes(`/${name}"`)) ?? "";
  const csrf = /name="csrf" value="([^"]+)"/.exec(form)?.[1] ?? "";
  return await browser.follow(`${url}/${name}`, {
    method: "POST",
    headers: { origin: system.issuer },
    body: new URLSearchParams({ csrf, ...fields }),
  });
}

describe("a person who connects a client", () => {
  it("logs in to Taiga, says what it may do, and the client works as that person", async () => {
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
    const [grant = ""] = await system.kv.members(KEYS.accountGrants(toAccountId(TAIGA_API_URL, 7)));
    expect(grant).toBe("");
  });

  it("may change the account before consenting; the client then works as the other one", async () => {
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

  it("may say no, and the client is told", async () => {
    const { page, url } = await open(await register(system), createPkce());
    const { leftFor } = await submit(page, url, "cancel", {});
    expect(leftFor?.searchParams.get("error")).toBe("access_denied");
    expect(leftFor?.searchParams.get("iss")).toBe(system.issuer);
  });
});
