// A user and a client that retry when told to, as real ones do.
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
  /** Advances the clock to the next retry and ends the outage. */
  wait: () => Promise<void>;
}

export interface PatientLogin {
  tokens: Tokens;
  /** How many times the login started at /authorize. */
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

/** An outage must be reported to programs as `temporarily_unavailable`, with Retry-After. */
export function expectHarmless({ status, json, headers }: Answer): void {
  const isHarmless =
    json["error"] === "temporarily_unavailable" &&
    Number(headers.get("retry-after")) > 0 &&
    headers.get("cache-control") === "no-store";
  if (!isHarmless) throw new Error(`an outage was answered ${status} ${JSON.stringify(json)}`);
}

/**
 * A person with a browser: reloads the page that says "not available", or sends the form again,
 * and starts a new login only when a page says that this one has ended.
 */
export function createPatientPerson({ issuer, username, wait }: PatienceOptions) {
  async function untilShown(browser: Browser, act: () => Promise<Outcome>): Promise<Outcome> {
    let outcome = await act();
    for (let tries = 1; isOutage(outcome.page); tries += 1) {
      if (tries === MAX_TRIES) throw new Error(`503 for ever: ${outcome.page.text}`);
      if (!outcome.page.text.includes("Try again")) throw new Error(outcome.page.text);
      await wait();
      const { url } = outcome.page;
      // A failed form is submitted again; a page that a redirect led to is reloaded.
      const isForm = outcome.page.status !== 503 || /\/interaction\/[^/]+\/\w+$/.test(url);
      outcome = isForm ? await act() : await browser.open(url);
    }
    return outcome;
  }

  /** @returns the redirect to the client; `undefined` when the login must start again. */
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
      // If the first attempt took effect after all, a retry may skip this page.
      if (!hasForm(page, form)) continue;
      outcome = await untilShown(browser, () => browser.submit(page, form, values));
    }
    if (outcome.left !== undefined) return outcome.left;
    if (outcome.page.status >= 400) return undefined;
    throw new Error(`stuck at ${outcome.page.url}:\n${outcome.page.text}`);
  }

  return {
    /** The complete login of a connecting client. */
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

  /** @returns `undefined` when the code is used up, which is an acceptable answer. */
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

/** A page of status 503, or a form that says that it was sent in vain. */
const isOutage = (page: Page | undefined): page is Page =>
  page?.status === 503 ||
  page?.document.querySelector("[role=alert]")?.text.includes("Try again in a moment") === true;

const hasForm = (page: Page, action: string): boolean =>
  page.document
    .querySelectorAll("form")
    .some((form) => form.getAttribute("action")?.endsWith(action) === true);
