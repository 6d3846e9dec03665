import type { Broadcast, Kv } from "@taiga-mcp/store";
import type { TaigaTransport } from "@taiga-mcp/taiga-client";
import { setTimeout as delay } from "node:timers/promises";
import { createCsrfKeys } from "../../src/secrets/cookie-keys.ts";
import { createCsrf, type Csrf } from "../../src/pages/csrf.ts";
import { type Answer, type Browser, type Pkce, toAuthorizeParams } from "./client.ts";
import { createFakeTaiga } from "./fake-taiga.ts";
import { startSystem, type System } from "./system.ts";

export interface WholeOptions {
  kv?: Kv;
  broadcast?: Broadcast;
  settings?: Record<string, string>;
  taiga?: TaigaTransport;
  sleep?: (ms: number) => Promise<void>;
}

/**
 * The authorization server with its real pages and vault, and a fake Taiga. Both ways to log in are
 * offered. Two of them on one store are two replicas.
 */
export const startWhole = ({ settings, ...options }: WholeOptions = {}): Promise<System> =>
  startSystem({
    taiga: createFakeTaiga({ alice: 7, bob: 8 }),
    settings: { TAIGA_LOGIN: "both", TAIGA_APPLICATION_ID: "an-application", ...settings },
    sleep: sleepShortly,
    ...options,
  });

/** Keeps short waits for another replica; skips waits of a second or more, which slow logins down. */
const sleepShortly = async (ms: number): Promise<void> => delay(ms < 1_000 ? ms : 1);

/** Signs forms as the pages do, for tests of requests that a valid CSRF token must not allow. */
export const toCsrf = ({ rootKeys }: Pick<System, "rootKeys">): Csrf =>
  createCsrf(createCsrfKeys(rootKeys));

/** Opens the login page of a new authorization request. */
export async function openLogin(
  { issuer }: Pick<System, "issuer">,
  browser: Browser,
  clientId: string,
  pkce: Pkce,
): Promise<{ page: Answer; url: string }> {
  const params = toAuthorizeParams(clientId, pkce).toString();
  const started = await browser.open(`${issuer}/authorize?${params}`);
  const url = new URL(started.headers.get("location") ?? "", issuer).href;
  return { url, page: await browser.open(url) };
}

/** Fills in the form of a page whose action ends in `name`. */
export async function submitForm(
  { issuer }: Pick<System, "issuer">,
  browser: Browser,
  { text }: Answer,
  url: string,
  name: string,
  fields: Record<string, string>,
): Promise<{ page: Answer; leftFor: URL | undefined }> {
  const form = text.split("<form").find((part) => part.includes(`/${name}"`)) ?? "";
  const hidden = form.matchAll(/type="hidden" name="(\w+)" value="([^"]*)"/g);
  const own = Object.fromEntries([...hidden].map(([, field = "", value = ""]) => [field, value]));
  return await browser.follow(`${url}/${name}`, {
    method: "POST",
    headers: { origin: issuer },
    body: new URLSearchParams({ ...own, ...fields }),
  });
}
