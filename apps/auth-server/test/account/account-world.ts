import { expect } from "vitest";
import {
  type Answer,
  type Browser,
  createBrowser,
  createPkce,
  exchangeCode,
  register,
  type Tokens,
  toTokens,
} from "../support/client.ts";
import { PASSWORD } from "../support/fake-taiga.ts";
import type { System } from "../support/system.ts";
import { openLogin, submitForm } from "../support/whole.ts";

/** The text of a page, as a person reads it. */
export const toText = ({ text }: Answer): string =>
  text
    .replace(/^.*?<main/s, "<main")
    .replaceAll(/<[^>]+>/g, " ")
    .replaceAll(/\s+/g, " ");

export interface ConnectedApp {
  clientId: string;
  tokens: Tokens;
}

/** Connects a new client as this user, on the real pages. */
export async function connectApp(
  system: System,
  username: string,
  {
    name = "Test client",
    access = "write",
    clientId: known = undefined as string | undefined,
  } = {},
): Promise<ConnectedApp> {
  const clientId = known ?? (await register(system, { client_name: name }));
  const pkce = createPkce();
  const browser = createBrowser(system.issuer);
  const { page, url } = await openLogin(system, browser, clientId, pkce);
  const typed = { username, password: PASSWORD };
  const login = await submitForm(system, browser, page, url, "login", typed);
  const account = /name="shown_account" value="([^"]+)"/.exec(login.page.text)?.[1] ?? "";
  const choice = { access, projects: "all", shown_account: account };
  const { leftFor } = await submitForm(system, browser, login.page, url, "consent", choice);
  const code = leftFor?.searchParams.get("code") ?? "";
  const answer = await exchangeCode(system, clientId, code, pkce);
  expect(answer.status).toBe(200);
  return { clientId, tokens: toTokens(answer) };
}

/** Logs in to the account pages. */
export async function openAccount(
  system: System,
  username: string,
  browser: Browser = createBrowser(system.issuer),
): Promise<{ browser: Browser; page: Answer }> {
  const login = await browser.open(`${system.issuer}/account`);
  const typed = { username, password: PASSWORD };
  const { page } = await submitForm(
    system,
    browser,
    login,
    `${system.issuer}/account`,
    "login",
    typed,
  );
  return { browser, page };
}

/** Paths of the connections on the page, in its order. */
export const toConnectionPaths = ({ text }: Answer): string[] =>
  [...text.matchAll(/href="(\/account\/connections\/[^"]+)"/g)].map(([, path = ""]) => path);

/** Sends a form of a page, found by its action, with its CSRF token. */
export async function send(
  system: System,
  browser: Browser,
  page: Answer,
  action: string,
  fields: Record<string, string> = {},
): Promise<Answer> {
  const url = `${system.issuer}${action.slice(0, action.lastIndexOf("/"))}`;
  const form = action.slice(action.lastIndexOf("/") + 1);
  return (await submitForm(system, browser, page, url, form, fields)).page;
}
