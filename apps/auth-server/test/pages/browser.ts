import {
  createLogger,
  listen,
  type Listening,
  systemClock,
  type TaigaSite,
} from "@taiga-mcp/service";
import { createSqliteKv } from "@taiga-mcp/store";
import express from "express";
import { parse, type HTMLElement } from "node-html-parser";
import type {
  Connection,
  GrantScope,
  Interaction,
  InteractionOutcome,
} from "../../src/engine/boundary/ports.ts";
import { createSealer } from "../../src/secrets/seal.ts";
import { createApplicationFlows } from "../../src/pages/application-flows.ts";
import { createCsrf } from "../../src/pages/csrf.ts";
import { createInteractionsRouter } from "../../src/pages/router.ts";
import { type AllowLists, createAllowList } from "../../src/login/allow-list.ts";
import { createLimitedLogin } from "../../src/login/limited-login.ts";
import type { ApplicationLogin } from "../../src/login/taiga-application.ts";
import { createKeyNames } from "../../src/storage/key-names.ts";
import type { LoginBackend, LoginOutcome, TaigaLogin } from "../../src/login/login-backend.ts";
import type { OwnProject } from "../../src/login/own-projects.ts";
import { ada, application, toAccount } from "../support/ada.ts";
import { createRootKeys } from "../support/root-keys.ts";
import { createFakeEngine, createFakeVault } from "./fakes.ts";

export const ISSUER = "https://login.example.com";
export const UID = "abc-123";
export const PATH = `/interaction/${UID}`;
/** The login page of a user who has logged in already. */
const OTHER_ACCOUNT = `${PATH}?account=other`;

/** Ada's input on the login page. */
export const typed = { username: "ada", password: "correct horse" };

export interface Page {
  /** Path and query; after a redirect to the interaction's own page, those of that page. */
  path: string;
  status: number;
  headers: Headers;
  text: string;
  html: HTMLElement;
}

/** The pages on a real HTTP server, with an engine, a vault and a Taiga that tests control. */
export interface Browser {
  interaction: Interaction;
  /** Whether this browser has the interaction's cookie. */
  hasCookie: boolean;
  /** Where the engine's answer led that this browser may repeat. */
  kept: string | undefined;
  /** The engine's outcome of an interaction that this browser no longer has. */
  outcome: InteractionOutcome | undefined;
  /** Taiga's answer to the next code. */
  redeem: ApplicationLogin["redeem"];
  /** Every code and state that Taiga received. */
  redeemed: { authCode: string; state: string }[];
  /** This browser's cookies besides the interaction's, by name. */
  cookies: Map<string, string>;
  /** Moves the clock. */
  pass(seconds: number): void;
  /** Taiga's answer to the next login. */
  taiga: LoginBackend["login"];
  /** Ada's projects in Taiga's order; `undefined` while Taiga does not answer. */
  projects: readonly OwnProject[] | undefined;
  /** The requests for projects: user and token. */
  listed: string[];
  storeIsDown: boolean;
  /** Whether another grant takes the held login first. */
  isRobbed: boolean;
  /** Whether the engine has accepted another answer first. */
  isOvertaken: boolean;
  held: Map<string, TaigaLogin>;
  /** The calls of the engine and the vault, in order. */
  calls: string[];
  grants: GrantScope[];
  /** The connections that Ada has. */
  connections: Connection[];
  /** The connections that were ended: account and public name. */
  ended: string[];
  /** The noted activity: account, kind and client. */
  noted: string[];
  logins: { username: string; password: string }[];
  get(path: string): Promise<Page>;
  /** Sends a form as a browser would from the page, with its CSRF token. */
  submit(
    form: string,
    fields: Record<string, string>,
    headers?: Record<string, string>,
  ): Promise<Page>;
  /** Sends exactly this request. */
  post(path: string, body: string, headers?: Record<string, string>): Promise<Page>;
  csrf: ReturnType<typeof createCsrf>;
  /** The hidden fields of the consent page. */
  consentProof(): { csrf: string; shown_account: string };
  close(): Promise<void>;
}

const SAME_ORIGIN = { Origin: ISSUER, "Sec-Fetch-Site": "same-origin" };
/** The preselected options of the consent page. */
const ALL_PROJECTS = { projects: "all" };
const FORM = { "Content-Type": "application/x-www-form-urlencoded" };

export interface BrowserOptions {
  accessLimit?: "read" | "admin";
  /** The offered login methods. */
  offers?: "password" | "application" | "both";
  allowLists?: Partial<AllowLists>;
  issuer?: string;
  taigaSite?: TaigaSite;
}

const SITE = { name: "taiga.example.com", url: "https://taiga.example.com/some/path" };

export async function openBrowser(options: BrowserOptions = {}): Promise<Browser> {
  const { accessLimit = "admin", offers = "password", issuer = ISSUER } = options;
  const { taigaSite = SITE } = options;
  const allowLists = { users: [], emailDomains: [], ...options.allowLists };
  let now = systemClock();
  const clock = (): number => now;
  const kv = createSqliteKv({ file: ":memory:", clock });
  const logger = createLogger({ name: "test", level: "silent" });
  const keys = createKeyNames("https://taiga.example.com/api/v1");
  const csrf = createCsrf(() => [new Uint8Array(32).fill(3)]);
  const browser: Browser = {
    interaction: {
      uid: UID,
      step: "login",
      client: { id: "client", name: "Claude Code", redirectUri: "http://127.0.0.1:43117/cb" },
      requestedAccess: "admin",
      accountId: undefined,
      isLoggedIn: false,
      isAnswered: false,
    },
    hasCookie: true,
    kept: undefined,
    outcome: undefined,
    projects: [
      { id: 11, name: "Apollo", slug: "apollo" },
      { id: 12, name: "Borealis", slug: "borealis" },
      { id: 13, name: "<b>Chimera</b>", slug: "chimera" },
    ],
    listed: [],
    taiga: async () =>
      ({ ok: true, account: toAccount(), credential: ada.credential }) satisfies LoginOutcome,
    redeem: async (_authCode, state) => ({
      ok: true,
      account: toAccount(),
      credential: { ...application, state },
    }),
    redeemed: [],
    cookies: new Map(),
    pass: (seconds) => {
      now += seconds;
    },
    storeIsDown: false,
    isRobbed: false,
    isOvertaken: false,
    held: new Map(),
    calls: [],
    grants: [],
    noted: [],
    connections: [],
    ended: [],
    logins: [],
    csrf,
    consentProof: () => {
      const account = browser.interaction.accountId ?? "";
      return { csrf: csrf.issue(UID, "consent", account), shown_account: account };
    },
    get: (path) => request(path, {}),
    submit: (form, fields, headers) => {
      const token = form === "login" || form === "consent" || form === "taiga" ? form : "cancel";
      const preset =
        token === "consent"
          ? { ...browser.consentProof(), ...ALL_PROJECTS }
          : { csrf: csrf.issue(UID, token) };
      const body = new URLSearchParams({ ...preset, ...fields }).toString();
      return browser.post(`/interaction/${UID}/${form}`, body, headers);
    },
    post: (path, body, headers = SAME_ORIGIN) =>
      request(path, { method: "POST", body, headers: { ...FORM, ...headers } }),
    close: () => listening.close(),
  };

  const app = express();
  app.use(
    createInteractionsRouter({
      interactions: createFakeEngine(browser),
      vault: createFakeVault(browser),
      password:
        offers === "application"
          ? undefined
          : createLimitedLogin({
              login: {
                login: async (credentials) => {
                  browser.logins.push(credentials);
                  return browser.taiga(credentials);
                },
              },
              kv,
              keys,
              clock,
              sleep: async () => {},
            }),
      application:
        offers === "password"
          ? undefined
          : {
              login: {
                toLoginUrl: (state) => `https://taiga.example.com/login?state=${state}`,
                redeem: async (authCode, state) => {
                  browser.redeemed.push({ authCode, state });
                  return browser.redeem(authCode, state);
                },
                revoke: async () => {},
              },
              flows: createApplicationFlows({
                kv,
                seal: createSealer(createRootKeys(4), "vault"),
                keys,
                logger,
              }),
            },
      allowLists,
      isAllowed: createAllowList(allowLists),
      connections: {
        list: async () => browser.connections,
        end: async (accountId, gid) => {
          browser.ended.push(`${accountId} ${gid}`);
          return true;
        },
      },
      uses: { find: async () => undefined, begin: async () => undefined },
      clock,
      activity: {
        note: async (accountId, { kind, client }) => {
          browser.noted.push(`${accountId} ${kind} ${client ?? ""}`);
        },
      },
      listOwnProjects: async (userId, { token }) => {
        browser.listed.push(`${userId} ${token}`);
        return browser.projects;
      },
      csrf,
      issuer,
      toAccountId: (userId) => `taiga.${userId}`,
      accessLimit,
      taigaSite,
      mcpUrl: "https://mcp.example.com/mcp",
      kv,
      seal: createSealer(createRootKeys(5), "vault"),
      keys,
      logger,
      sleep: async () => {},
    }),
  );
  const listening: Listening = await listen(app, { host: "127.0.0.1", port: 0, setting: "PORT" });

  async function request(path: string, init: RequestInit): Promise<Page> {
    const url = `http://127.0.0.1:${listening.port}${path}`;
    const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const headers = { ...(init.headers as Record<string, string>), cookie };
    const response = await fetch(url, { ...init, headers, redirect: "manual" });
    for (const text of response.headers.getSetCookie()) {
      const [name = "", value = ""] = text.split(";", 1)[0]?.split("=") ?? [];
      if (value === "") browser.cookies.delete(name);
      else browser.cookies.set(name, value);
    }
    const location = response.headers.get("Location");
    if (response.status === 303 && (location === PATH || location === OTHER_ACCOUNT)) {
      return request(location, {});
    }
    const text = await response.text();
    return { path, status: response.status, headers: response.headers, text, html: parse(text) };
  }

  return browser;
}

/** Logs Ada in; the consent page comes next. */
export function atConsent(browser: Browser): void {
  browser.interaction.step = "consent";
  browser.interaction.accountId = "taiga.5";
  browser.held.set(UID, ada);
}
