import type { Csrf } from "../../src/pages/csrf.ts";
import {
  type Answer,
  basicAuth,
  type Browser,
  createBrowser,
  createPkce,
  exchangeCode,
  postForm,
  register,
  toAuthorizeParams,
  type Tokens,
} from "../support/client.ts";
import { AUTH_CODE, PASSWORD } from "../support/fake-taiga.ts";
import { type System, TAIGA_API_URL } from "../support/system.ts";
import { toCsrf } from "../support/whole.ts";

/** Both ways to log in. */
export type LoginWay = "password" | "application";
export const LOGIN_WAYS: readonly LoginWay[] = ["password", "application"];

interface Outcome {
  page: Answer;
  leftFor: URL | undefined;
}

type Form = Parameters<Csrf["issue"]>[1];

/** A person whose client has opened a browser for them. */
export interface Person {
  browser: Browser;
  /** The id of the interaction that the client's request started. */
  uid: string;
  /** The path of the interaction's pages. */
  url: string;
  open(path?: string): Promise<Outcome>;
  /** Sends a form with a valid CSRF token, as a page would. */
  submit(
    form: Form,
    fields?: Record<string, string>,
    headers?: Record<string, string>,
  ): Promise<Outcome>;
  logIn(way?: LoginWay, extra?: Record<string, string>): Promise<Outcome>;
  consent(extra?: Record<string, string>): Promise<Outcome>;
  /** Redeems the code that the consent issued. */
  redeem(outcome: Outcome, extra?: Record<string, string>): Promise<Answer>;
}

export interface PersonOptions {
  /** The client of the authorization request; registered now when left out. */
  clientId?: string;
  browser?: Browser;
  /** Parameters that extend or replace those of the authorization request. */
  params?: Record<string, string>;
}

/** The account that a consent page shows. */
const toAccount = ({ text }: Answer): string =>
  /name="shown_account" value="([^"]+)"/.exec(text)?.[1] ?? "";

/** Opens an authorization request and stops at the first page. */
export async function begin(
  system: Pick<System, "issuer" | "rootKeys">,
  options: PersonOptions = {},
): Promise<Person & { clientId: string }> {
  const { browser = createBrowser(system.issuer), params } = options;
  const clientId = options.clientId ?? (await register(system));
  const pkce = createPkce();
  const query = toAuthorizeParams(clientId, pkce, params);
  const { headers } = await browser.open(`${system.issuer}/authorize?${query.toString()}`);
  const url = new URL(headers.get("location") ?? "", system.issuer).href;
  const uid = url.split("/").at(-1) ?? "";

  const person: Person = {
    browser,
    uid,
    url,
    open: (path = "") => browser.follow(`${url}${path}`),
    submit: async (form, fields = {}, headers = {}) => {
      const account = form === "consent" ? toAccount(await browser.open(url)) : "";
      const csrf = toCsrf(system).issue(uid, form, account);
      return browser.follow(`${url}/${form}`, {
        method: "POST",
        headers: { origin: system.issuer, ...headers },
        body: new URLSearchParams({ csrf, shown_account: account, ...fields }),
      });
    },
    logIn: async (way = "password", extra = {}) => {
      if (way === "password") {
        return person.submit("login", { username: "bob", password: PASSWORD, ...extra });
      }
      await person.submit("taiga", extra);
      const back = new URLSearchParams({ ...extra, auth_code: AUTH_CODE });
      return browser.follow(`${system.issuer}/taiga/callback?${back.toString()}`);
    },
    consent: (extra = {}) =>
      person.submit("consent", { access: "write", projects: "all", ...extra }),
    redeem: async ({ leftFor }, extra = {}) => {
      const code = leftFor?.searchParams.get("code") ?? "";
      return exchangeCode(system, clientId, code, pkce, extra);
    },
  };
  return { ...person, clientId };
}

/** The whole login and consent, as an ordinary user. */
export async function connectPerson(
  system: Pick<System, "issuer" | "rootKeys">,
  way: LoginWay = "password",
  options: PersonOptions = {},
): Promise<{ clientId: string; tokens: Tokens }> {
  const person = await begin(system, options);
  await person.logIn(way);
  const answer = await person.redeem(await person.consent());
  if (answer.status !== 200) throw new Error(`No tokens: ${answer.text}`);
  return { clientId: person.clientId, tokens: answer.json as unknown as Tokens };
}

/** What the resource server asks for before it calls Taiga (RFC 8693). */
export const borrowTaigaToken = (
  { privateUrl }: Pick<System, "privateUrl">,
  accessToken: string,
  extra: Record<string, string> = {},
): Promise<Answer> =>
  postForm(
    `${privateUrl}/token`,
    {
      grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
      subject_token: accessToken,
      subject_token_type: "urn:ietf:params:oauth:token-type:access_token",
      resource: TAIGA_API_URL,
      ...extra,
    },
    basicAuth(),
  );
