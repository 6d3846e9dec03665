// A person and a client that try again when they are told to, as people and clients do.
import {
  type Answer,
  createPkce,
  exchangeCode,
  type Pkce,
  REDIRECT_URI,
  toAuthorizeParams,
  type Tokens,
} from "../../apps/auth-server/test/support/client.ts";
import { type Browser, createBrowser, type Outcome, type Page } from "./browser.ts";

const MAX_TRIES = 4;

export interface PatienceOptions {
  issuer: string;
  username: string;
  /** Passes the time until somebody tries again, and what was broken is whole again. */
  wait: () => Promise<void>;
}

export interface PatientLogin {
  tokens: Tokens;
  /** How often it began at /authorize. */
  logins: number;
}

/** Repeats a request of a program for as long as the answer is 503. */
export async function untilAnswered(
  ask: () => Promise<Answer>,
  wait: () => Promise<void>,
): Promise<Answer> {
  for (let tries = 1; ; tries += 1) {
    const answer = await ask();
    if (answer.status !== 503) return answer;
    expectHarmless(answer);
    if (tries === MAX_TRIES) throw new Error(`503 for ever: ${answer.text}`);
    await wait();
  }
}

/** An outage must be called what it is, to a program in JSON; see mcp.md on what clients do. */
export function expectHarmless({ status, json, headers }: Answer): void {
  const isHarmless =
    json["error"] === "temporarily_unavailable" &&
    Number(headers.get("retry-after")) > 0 &&
    headers.get("cache-control") === "no-store";
  if (!isHarmless) throw new Error(`an outage was answered ${status} ${JSON.stringify(json)}`);
}

/**
 * A person with a browser: reloads the page that says "not available", or sends the form again,
 * and connects anew only where a page says that this login is over.
 */
export function createPatientPerson({ issuer, username, wait }: PatienceOptions) {
  async function untilShown(browser: Browser, act: () => Promise<Outcome>): Promise<Outcome> {
    let outcome = await act();
    for (let tries = 1; outcome.page?.status === 503; tries += 1) {
      if (tries === MAX_TRIES) throw new Error(`503 for ever: ${outcome.page.text}`);
      if (!outcome.page.text.includes("Try again")) throw new Error(outcome.page.text);
      await wait();
      const { url } = outcome.page;
      // A form is at the address of the 503 itself; elsewhere a redirect has led.
      const isForm = /\/interaction\/[^/]+\/\w+$/.test(url);
      outcome = isForm ? await act() : await browser.open(url);
    }
    return outcome;
  }

  /** @returns where the browser leaves for the client; `undefined` when it must begin anew. */
  async function answerPages(url: string): Promise<URL | undefined> {
    const browser = createBrowser(issuer);
    let outcome = await untilShown(browser, () => browser.open(url));
    const forms: [string, Record<string, string>][] = [
      ["/login", { username, password: `${username}-password` }],
      ["/consent", {}],
    ];
    for (const [form, values] of forms) {
      const { page } = outcome;
      if (page === undefined) throw new Error(`left for ${outcome.left.href} too early`);
      if (page.status >= 400) return undefined;
      // A second try may lead past what the first one did after all.
      if (!hasForm(page, form)) continue;
      outcome = await untilShown(browser, () => browser.submit(page, form, values));
    }
    if (outcome.left !== undefined) return outcome.left;
    if (outcome.page.status >= 400) return undefined;
    throw new Error(`stuck at ${outcome.page.url}:\n${outcome.page.text}`);
  }

  return {
    /** The whole way of a client that connects. */
    logIn: async (clientId: string): Promise<PatientLogin> => {
      for (let logins = 1; logins <= 2; logins += 1) {
        const pkce = createPkce();
        const parameters = toAuthorizeParams(clientId, pkce);
        const left = await answerPages(`${issuer}/authorize?${parameters.toString()}`);
        if (left === undefined) continue;
        const tokens = await redeem(clientId, left, pkce);
        if (tokens !== undefined) return { tokens, logins };
      }
      throw new Error("a second login did not lead to tokens either");
    },
  };

  /** @returns `undefined` when the code is used up, which is a clean answer to a code. */
  async function redeem(clientId: string, left: URL, pkce: Pkce): Promise<Tokens | undefined> {
    const code = left.searchParams.get("code");
    if (!left.href.startsWith(REDIRECT_URI) || code === null) {
      throw new Error(`an outage reached the client: ${left.href}`);
    }
    const answer = await untilAnswered(() => exchangeCode({ issuer }, clientId, code, pkce), wait);
    if (answer.status === 200) return answer.json as unknown as Tokens;
    if (answer.json["error"] === "invalid_grant") return undefined;
    throw new Error(`a code was answered ${answer.status} ${answer.text}`);
  }
}

const hasForm = (page: Page, action: string): boolean =>
  page.document
    .querySelectorAll("form")
    .some((form) => form.getAttribute("action")?.endsWith(action) === true);
