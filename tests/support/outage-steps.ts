// Every request of clients, users and the resource server to the authorization server, sent once
// during an outage and again after it.
import {
  type Answer,
  basicAuth,
  createPkce,
  exchangeCode,
  introspect,
  postForm,
  postJson,
  refresh,
  REDIRECT_URI,
  register,
  request,
  revoke,
  toAuthorizeParams,
  type Tokens,
} from "../../apps/auth-server/test/support/client.ts";
import type { System } from "../../apps/auth-server/test/support/system.ts";
import { type Browser, createBrowser, type Outcome, type Page } from "./browser.ts";

/** The store operations that a step needs. */
export type Needs = "reads" | "deletes" | "writes";

/** An answer: a page, JSON, or a redirect to the client. */
export interface Told {
  status: number;
  /** The OAuth error, or its equivalent for a page. */
  error: unknown;
}

export interface StepInHand {
  /** Sends the same request each time, until it succeeds. */
  ask(): Promise<Told>;
  /**
   * Called after the outage, once the request has succeeded.
   * @throws when its login does not work.
   */
  verify(): Promise<void>;
}

export interface Step {
  needs: Needs;
  prepare(system: System): Promise<StepInHand>;
}

const USER = { username: "alice", password: "alice-password" };
const TOKEN_EXCHANGE = {
  grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
  subject_token_type: "urn:ietf:params:oauth:token-type:access_token",
};

function expectStatus(what: string, answer: { status: number; text?: string }, status = 200): void {
  if (answer.status === status) return;
  throw new Error(`${what} was answered ${answer.status}: ${answer.text ?? ""}`);
}

/** Whether the answer has a Retry-After header and may not be cached. */
const isPassing = (headers: Headers): boolean =>
  Number(headers.get("retry-after")) > 0 && headers.get("cache-control") === "no-store";

const toldByJson = ({ status, json, headers }: Answer): Told => ({
  status,
  error: status === 503 && !isPassing(headers) ? "no Retry-After" : json["error"],
});

function toldByPage({ page }: Outcome): Told {
  if (page === undefined) return { status: 303, error: undefined };
  const { status, text, headers } = page;
  if (status < 400) return { status, error: undefined };
  const isOutage = text.includes("Try again") && isPassing(headers);
  return { status, error: isOutage ? "temporarily_unavailable" : text };
}

/** A browser at one of the pages of a login. */
async function beginLogin(system: System, upTo: "authorize" | "login" | "consent") {
  const clientId = await register(system);
  const pkce = createPkce();
  const url = `${system.issuer}/authorize?${toAuthorizeParams(clientId, pkce).toString()}`;
  const browser = createBrowser(system.issuer);
  let page: Page | undefined;
  if (upTo !== "authorize") page = toPage(await browser.open(url));
  if (upTo === "consent") page = toPage(await browser.submit(page!, "/login", USER));
  return { clientId, pkce, url, browser, page };
}

function toPage({ page, left }: Outcome): Page {
  if (page === undefined) throw new Error(`left for ${left.href} too early`);
  expectStatus("a page", page);
  return page;
}

/** Continues the login from the browser's current page to working tokens. */
async function finishLogin(
  system: System,
  {
    clientId,
    pkce,
    browser,
  }: { clientId: string; pkce: ReturnType<typeof createPkce>; browser: Browser },
  outcome: Outcome,
): Promise<Tokens> {
  let current = outcome;
  if (current.page?.text.includes('name="password"')) {
    current = await browser.submit(toPage(current), "/login", USER);
  }
  if (current.page !== undefined) current = await browser.submit(toPage(current), "/consent");
  const code = current.left?.searchParams.get("code") ?? "";
  const answer = await exchangeCode(system, clientId, code, pkce);
  expectStatus("the code", answer);
  return verifyTokens(system, clientId, answer.json as unknown as Tokens);
}

/** Checks that the access token reaches Taiga and that the refresh token works once more. */
async function verifyTokens(system: System, clientId: string, tokens: Tokens): Promise<Tokens> {
  await verifyAccess(system, tokens.access_token);
  const next = await refresh(system, clientId, tokens.refresh_token);
  expectStatus("the next refresh", next);
  const again = await refresh(system, clientId, tokens.refresh_token);
  if (again.text !== next.text) throw new Error("one refresh token had two answers");
  return next.json as unknown as Tokens;
}

async function verifyAccess(system: System, accessToken: string): Promise<void> {
  const info = await introspect(system.privateUrl, accessToken);
  if (info.json["active"] !== true) throw new Error(`the access token is dead: ${info.text}`);
  expectStatus("a token exchange", await exchangeToken(system, accessToken));
}

/** The RFC 8693 request of the resource server for a Taiga token. */
export const exchangeToken = (system: System, token: string): Promise<Answer> =>
  postForm(`${system.privateUrl}/token`, { ...TOKEN_EXCHANGE, subject_token: token }, basicAuth());

async function connect(system: System): Promise<{ clientId: string; tokens: Tokens }> {
  const login = await beginLogin(system, "consent");
  const outcome = await login.browser.submit(login.page!, "/consent");
  const code = outcome.left?.searchParams.get("code") ?? "";
  const answer = await exchangeCode(system, login.clientId, code, login.pkce);
  expectStatus("a code", answer);
  return { clientId: login.clientId, tokens: answer.json as unknown as Tokens };
}

/** Submits a form or opens an address of a login, then completes that login. */
const pageStep = (
  upTo: "authorize" | "login" | "consent",
  act: (login: Awaited<ReturnType<typeof beginLogin>>) => Promise<Outcome>,
): Step => ({
  needs: "writes",
  prepare: async (system) => {
    const login = await beginLogin(system, upTo);
    let last: Outcome | undefined;
    return {
      ask: async () => {
        last = await act(login);
        return toldByPage(last);
      },
      verify: async () => void (await finishLogin(system, login, last!)),
    };
  },
});

type Login = Awaited<ReturnType<typeof connect>>;

/** A request of a client, or about a logged-in client. */
const loggedInStep = (
  needs: Needs,
  ask: (system: System, login: Login) => Promise<Answer>,
  verify: (system: System, login: Login, last: Answer) => Promise<unknown>,
): Step => ({
  needs,
  prepare: async (system) => {
    const login = await connect(system);
    let last: Answer;
    return {
      ask: async () => {
        last = await ask(system, login);
        const told = toldByJson(last);
        return last.json["active"] === false ? { ...told, error: "inactive" } : told;
      },
      verify: async () => void (await verify(system, login, last)),
    };
  },
});

const verifyLogin = (system: System, { clientId, tokens }: Login): Promise<Tokens> =>
  verifyTokens(system, clientId, tokens);

/** All requests, by name. */
export const STEPS: Readonly<Record<string, Step>> = {
  "the login page": pageStep("authorize", ({ browser, url }) => browser.open(url)),
  "the login form": pageStep("login", ({ browser, page }) => browser.submit(page!, "/login", USER)),
  "the consent form": pageStep("consent", ({ browser, page }) => browser.submit(page!, "/consent")),
  "a code": {
    needs: "writes",
    prepare: async (system) => {
      const { clientId, pkce, browser, page } = await beginLogin(system, "consent");
      const outcome = await browser.submit(page!, "/consent");
      const code = outcome.left?.searchParams.get("code") ?? "";
      let last: Answer;
      return {
        ask: async () => {
          last = await exchangeCode(system, clientId, code, pkce);
          return toldByJson(last);
        },
        verify: async () =>
          void (await verifyTokens(system, clientId, last.json as unknown as Tokens)),
      };
    },
  },
  "a refresh": loggedInStep(
    "writes",
    (system, { clientId, tokens }) => refresh(system, clientId, tokens.refresh_token),
    (system, { clientId }, last) => verifyTokens(system, clientId, last.json as unknown as Tokens),
  ),
  "an introspection": loggedInStep(
    "reads",
    (system, { tokens }) => introspect(system.privateUrl, tokens.access_token),
    verifyLogin,
  ),
  "a token exchange": loggedInStep(
    "reads",
    (system, { tokens }) => exchangeToken(system, tokens.access_token),
    verifyLogin,
  ),
  "a revocation": loggedInStep(
    "deletes",
    (system, { clientId, tokens }) => revoke(system, clientId, tokens.refresh_token),
    async (system, { tokens }) => {
      const info = await introspect(system.privateUrl, tokens.access_token);
      if (info.json["active"] !== false) throw new Error("the revoked token is alive");
    },
  ),
  "a registration": {
    needs: "writes",
    prepare: async (system) => {
      let last: Answer;
      return {
        ask: async () => {
          last = await postJson(`${system.issuer}/register`, { redirect_uris: [REDIRECT_URI] });
          return toldByJson(last);
        },
        verify: async () => {
          const authorization = `Bearer ${String(last.json["registration_access_token"])}`;
          const uri = String(last.json["registration_client_uri"]);
          expectStatus("the registration", await request(uri, { headers: { authorization } }));
        },
      };
    },
  },
};
