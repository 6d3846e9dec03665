import type { Logger } from "@taiga-mcp/service";
import type { Request, RequestHandler, Response } from "express";
import type { Interaction } from "../engine/boundary/ports.ts";
import type { ActivityLog } from "../grants/activity-log.ts";
import type { AllowLists, IsAllowed } from "../login/allow-list.ts";
import type { LimitedLogin } from "../login/limited-login.ts";
import type { ListOwnProjects } from "../login/own-projects.ts";
import type { ApplicationLogin } from "../login/taiga-application.ts";
import type { ApplicationFlows } from "../pages/application-flows.ts";
import { type ApplicationStep, createApplicationStep } from "../pages/application-step.ts";
import { admitting, type CompleteLogin } from "../pages/complete-login.ts";
import type { Csrf } from "../pages/csrf.ts";
import { createFormErrors, type FormErrorsDeps } from "../pages/form-errors.ts";
import { parseForm, toFormProof } from "../pages/forms.ts";
import { InteractionError } from "../pages/interaction-error.ts";
import { ACCOUNT_PATH, toAccountLoginUid } from "../pages/interaction-path.ts";
import { createLoginStep } from "../pages/login-step.ts";
import { createCookieSecret, createOwnCookie } from "../pages/own-cookie.ts";
import { requireSameOrigin } from "../pages/same-origin.ts";
import { seeOther, sendPage } from "../pages/send-page.ts";
import { hash } from "../storage/key-names.ts";
import type { Vault } from "../vault/vault.ts";
import {
  ACCOUNT_SESSION_SECONDS,
  type AccountSession,
  type AccountSessions,
} from "./account-sessions.ts";
import { renderAccountLoginPage } from "./views/account-login-page.ts";

export interface AccountLoginDeps {
  sessions: Pick<AccountSessions, "begin" | "find" | "visit" | "leave" | "end">;
  activity: Pick<ActivityLog, "note">;
  vault: Pick<Vault, "release">;
  /** Checks passwords; without it, the login page does not ask for one. */
  password?: LimitedLogin | undefined;
  /** The login on Taiga's own pages; without it, that login is not offered. */
  application?: { login: ApplicationLogin; flows: ApplicationFlows } | undefined;
  allowLists: AllowLists;
  isAllowed?: IsAllowed | undefined;
  listOwnProjects: ListOwnProjects;
  csrf: Csrf;
  /** This server's origin. */
  issuer: string;
  toAccountId: (userId: number) => string;
  taigaName: string;
  passwordResetUrl?: string | undefined;
  kv: FormErrorsDeps["kv"];
  seal: FormErrorsDeps["seal"];
  keys: FormErrorsDeps["keys"];
  logger: Logger;
  sleep: (ms: number) => Promise<void>;
}

/** A browser with a session. */
export interface Visitor {
  /** The secret in the cookie. */
  secret: string;
  session: AccountSession;
  /** For all forms of the session's pages. */
  csrfToken: string;
}

/** Who is looking at the account pages. */
export interface AccountLogin {
  /**
   * Without a session, shows the login page.
   * @param visit takes the session's notice, which is shown once.
   */
  onPage(show: (visitor: Visitor, req: Request, res: Response) => Promise<void>): RequestHandler;
  /** Checks in this order: origin, session, CSRF token. Without a session, goes to the login page. */
  onForm(
    parse: RequestHandler,
    answer: (visitor: Visitor, req: Request, res: Response) => Promise<void>,
  ): RequestHandler[];
  /** POST, with the login form. */
  logIn: RequestHandler[];
  /** POST: goes to Taiga's own pages; `undefined` where that login is not offered. */
  depart: RequestHandler[] | undefined;
  /** GET: the browser comes back from there. */
  finish: RequestHandler | undefined;
  logOut: RequestHandler[];
}

/**
 * The login of the account pages. It takes the same steps as the login of an interaction, so that the
 * same limits on failed logins hold, but its Taiga credential is discarded at once. Before the login,
 * the cookie only binds the forms to the browser and nothing is stored.
 */
export function createAccountLogin(deps: AccountLoginDeps): AccountLogin {
  const { sessions, csrf, issuer, vault, activity } = deps;
  const formErrors = createFormErrors(deps);
  const cookie = createOwnCookie({
    issuer,
    name: "account",
    maxAgeSeconds: ACCOUNT_SESSION_SECONDS,
  });

  const completeLogin: CompleteLogin = async (req, res, _login, { account, credential }) => {
    const { id, username, fullName } = account;
    const projects = await deps.listOwnProjects(id, credential);
    // In the background: the browser need not wait for Taiga.
    void vault.release(credential);
    const accountId = deps.toAccountId(id);
    // Not the secret from before the login, which somebody may have planted.
    const secret = createCookieSecret();
    await sessions.begin(secret, {
      accountId,
      user: { username, fullName },
      projects: projects && [...projects],
    });
    cookie.set(res, secret);
    await activity.note(accountId, { kind: "account_login", network: req.ip });
    seeOther(res, ACCOUNT_PATH);
  };
  const admit = admitting(deps, completeLogin);
  const loginStep = createLoginStep({
    ...deps,
    formErrors,
    offersTaiga: deps.application !== undefined,
    completeLogin: admit,
  });

  /** The login of this browser, in the form that the steps of an interaction take. */
  const toLogin = (secret: string): Interaction => ({
    uid: toAccountLoginUid(hash(secret)),
    step: "login",
    client: { id: "", name: undefined, redirectUri: `${issuer}${ACCOUNT_PATH}` },
    requestedAccess: "read",
    accountId: undefined,
    isAnswered: false,
    isLoggedIn: false,
  });

  async function showLogin(req: Request, res: Response): Promise<void> {
    const secret = cookie.read(req) ?? createCookieSecret();
    cookie.set(res, secret);
    const { uid } = toLogin(secret);
    const { username, alert, fieldErrors } = (await formErrors.findLogin(uid)) ?? {};
    const page = await renderAccountLoginPage({
      basePath: ACCOUNT_PATH,
      csrfTokens: {
        ...(deps.password !== undefined && { login: csrf.issue(uid, "login") }),
        ...(deps.application !== undefined && { taiga: csrf.issue(uid, "taiga") }),
      },
      taigaName: deps.taigaName,
      passwordNote: "no app ever sees it",
      passwordResetUrl: deps.passwordResetUrl,
      username,
      alert,
      fieldErrors,
    });
    sendPage(res, 200, page);
  }

  /** A form of the login page. */
  const onLoginForm = (
    form: "login" | "taiga",
    answer: (req: Request, res: Response, login: Interaction) => Promise<void>,
  ): RequestHandler[] => [
    requireSameOrigin(issuer),
    parseForm,
    async (req, res) => {
      const secret = cookie.read(req);
      if (secret === undefined) return seeOther(res, ACCOUNT_PATH);
      const login = toLogin(secret);
      if (!csrf.verify(login.uid, form, toFormProof(req.body).csrf)) {
        throw new InteractionError("stale_form", ACCOUNT_PATH);
      }
      await answer(req, res, login);
    },
  ];

  async function findVisitor(
    req: Request,
    find: (secret: string) => Promise<AccountSession | undefined>,
  ): Promise<Visitor | undefined> {
    const secret = cookie.read(req);
    const session = secret === undefined ? undefined : await find(secret);
    if (secret === undefined || session === undefined) return undefined;
    return { secret, session, csrfToken: csrf.issue(hash(secret), "account") };
  }

  const onForm: AccountLogin["onForm"] = (parse, answer) => [
    requireSameOrigin(issuer),
    parse,
    async (req, res) => {
      const visitor = await findVisitor(req, sessions.find);
      if (visitor === undefined) return seeOther(res, ACCOUNT_PATH);
      if (!csrf.verify(hash(visitor.secret), "account", toFormProof(req.body).csrf)) {
        throw new InteractionError("stale_form", ACCOUNT_PATH);
      }
      await answer(visitor, req, res);
    },
  ];

  const step = createTaigaStep();

  function createTaigaStep(): ApplicationStep | undefined {
    if (deps.application === undefined) return undefined;
    return createApplicationStep({
      ...deps,
      ...deps.application,
      refuse: loginStep.refuse,
      formErrors,
      completeLogin: admit,
      interactions: {
        // For the second of two clicks: there is no interaction that could end.
        find: async (req) => toLogin(cookie.read(req as Request) ?? ""),
        resume: async (_req, res) => seeOther(res as Response, ACCOUNT_PATH),
      },
    });
  }

  return {
    onPage: (show) => async (req, res) => {
      const visitor = await findVisitor(req, sessions.visit);
      await (visitor === undefined ? showLogin(req, res) : show(visitor, req, res));
    },
    onForm,
    logIn: onLoginForm("login", loginStep.submit),
    depart: step && onLoginForm("taiga", step.depart),
    finish:
      step &&
      (async (req, res) => {
        const secret = cookie.read(req);
        if (secret === undefined) throw new InteractionError("flow_ended", ACCOUNT_PATH);
        await step.finish(req, res, toLogin(secret));
      }),
    logOut: onForm(parseForm, async ({ secret }, _req, res) => {
      await sessions.end(secret);
      cookie.clear(res);
      seeOther(res, ACCOUNT_PATH);
    }),
  };
}
