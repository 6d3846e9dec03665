import { type Clock, CodedError, UnavailableError } from "@taiga-mcp/service";
import { type RequestHandler, Router } from "express";
import type { Connection, Connections, GrantScope } from "../engine/boundary/ports.ts";
import type { ActivityLog } from "../grants/activity-log.ts";
import type { GrantUses } from "../grants/grant-use.ts";
import { createPageErrorHandler } from "../pages/error-handler.ts";
import { ConsentForm, parseConsentForm, parseForm } from "../pages/forms.ts";
import { InteractionError } from "../pages/interaction-error.ts";
import { ACCOUNT_PATH } from "../pages/interaction-path.ts";
import { toProjectChoice } from "../pages/project-choice.ts";
import { seeOther, sendPage } from "../pages/send-page.ts";
import type { KeyNames } from "../storage/key-names.ts";
import { type AccountLoginDeps, createAccountLogin, type Visitor } from "./account-login.ts";
import {
  type AccountSession,
  type AccountSessionsDeps,
  createAccountSessions,
} from "./account-sessions.ts";
import { type ConnectionView, type Notice, toConnectionView } from "./views/connection-view.ts";
import { toClientName } from "./views/connection-facts.ts";
import { renderConnectionPage } from "./views/connection-page.ts";
import { renderConnectionsPage, renderDisconnectAllPage } from "./views/connections-page.ts";

export interface AccountRouterDeps extends Omit<AccountLoginDeps, "sessions" | "activity"> {
  connections: Connections;
  uses: Pick<GrantUses, "find">;
  activity: ActivityLog;
  /** Seals sessions. */
  sealSession: AccountSessionsDeps["seal"];
  keys: AccountLoginDeps["keys"] & AccountSessionsDeps["keys"] & Pick<KeyNames, "grantOf">;
  /** Runs before each login. */
  limitLogins: RequestHandler;
  clock: Clock;
}

/** A SHA-256 as base64url. */
const GID = /^[\w-]{43}$/;

const GONE = "That app was disconnected already.";

/**
 * What a user sees of the own connections, behind a Taiga login:
 *
 * - GET /account: all of them, and what happened lately.
 * - GET /account/connections/:gid: one of them, with a form to limit it (POST …/limit).
 * - POST /account/connections/:gid/disconnect, POST /account/disconnect: ends one, or all.
 * - POST /account/login, /account/taiga, /account/logout; GET /account/taiga.
 *
 * Every form is answered with 303 to a page that says what was done.
 */
export function createAccountRouter(deps: AccountRouterDeps): Router {
  const { connections, uses, activity, keys, clock, taigaName } = deps;
  const sessions = createAccountSessions({ ...deps, seal: deps.sealSession });
  const login = createAccountLogin({ ...deps, sessions });

  const toView = async (
    connection: Connection,
    { projects }: AccountSession,
  ): Promise<ConnectionView> =>
    toConnectionView(connection, await uses.find(keys.grantOf(connection.gid)), projects);

  /** @returns the page's connections, those first that were used last. */
  async function list({ session }: Visitor): Promise<ConnectionView[]> {
    const found = await connections.list(session.accountId);
    const views = await Promise.all(found.map((connection) => toView(connection, session)));
    return views.toSorted((one, other) => toLastTime(other) - toLastTime(one));
  }

  /** @returns `undefined` when it was ended meanwhile, or belongs to another account. */
  async function find({ session }: Visitor, gid: unknown): Promise<ConnectionView | undefined> {
    if (typeof gid !== "string" || !GID.test(gid)) return undefined;
    const connection = await connections.find(session.accountId, gid);
    return connection && (await toView(connection, session));
  }

  /** Ends one connection and notes it. */
  async function disconnect({ session }: Visitor, view: ConnectionView, network?: string) {
    const isEnded = await connections.end(session.accountId, view.gid);
    if (!isEnded) return;
    const client = view.clientName;
    await activity.note(session.accountId, { kind: "disconnected", client, network });
  }

  /** The limiter's own refusal is for programs. */
  const limitLogins: RequestHandler = (req, res, next) =>
    deps.limitLogins(req, res, (refusal?: unknown) => {
      if (refusal === undefined) return next();
      const isLimit = refusal instanceof CodedError && !(refusal instanceof UnavailableError);
      next(isLimit ? new InteractionError("too_many_logins") : refusal);
    }) as unknown;

  const router = Router({ strict: true, caseSensitive: true });
  router.get(
    ACCOUNT_PATH,
    login.onPage(async (visitor, _req, res) => {
      const { accountId, user, notice } = visitor.session;
      const [views, recent] = await Promise.all([list(visitor), activity.read(accountId)]);
      const page = await renderConnectionsPage({
        basePath: ACCOUNT_PATH,
        csrfToken: visitor.csrfToken,
        user,
        taigaName,
        notice,
        connections: views,
        activity: recent,
        now: clock(),
      });
      sendPage(res, 200, page);
    }),
  );
  router.post(`${ACCOUNT_PATH}/login`, limitLogins, login.logIn);
  router.post(`${ACCOUNT_PATH}/logout`, login.logOut);
  if (login.depart !== undefined && login.finish !== undefined) {
    router.post(`${ACCOUNT_PATH}/taiga`, limitLogins, login.depart);
    router.get(`${ACCOUNT_PATH}/taiga`, login.finish);
  }

  router.get(
    `${ACCOUNT_PATH}/disconnect`,
    login.onPage(async (visitor, _req, res) => {
      const { length: count } = await connections.list(visitor.session.accountId);
      if (count === 0) return seeOther(res, ACCOUNT_PATH);
      const { csrfToken } = visitor;
      sendPage(
        res,
        200,
        await renderDisconnectAllPage({ basePath: ACCOUNT_PATH, csrfToken, count }),
      );
    }),
  );
  router.post(
    `${ACCOUNT_PATH}/disconnect`,
    login.onForm(parseForm, async (visitor, req, res) => {
      const views = await list(visitor);
      // One after the other: each changes the same record of activity.
      for (const view of views) await disconnect(visitor, view, req.ip);
      await sessions.leave(visitor.secret, done("All apps are disconnected."));
      seeOther(res, ACCOUNT_PATH);
    }),
  );
  router.get(
    `${ACCOUNT_PATH}/connections/:gid`,
    login.onPage(async (visitor, req, res) => {
      const connection = await find(visitor, req.params["gid"]);
      if (connection === undefined) {
        await sessions.leave(visitor.secret, failed(GONE));
        return seeOther(res, ACCOUNT_PATH);
      }
      const page = await renderConnectionPage({
        basePath: ACCOUNT_PATH,
        csrfToken: visitor.csrfToken,
        notice: visitor.session.notice,
        connection,
        own: visitor.session.projects,
        now: clock(),
      });
      sendPage(res, 200, page);
    }),
  );
  router.post(
    `${ACCOUNT_PATH}/connections/:gid/disconnect`,
    login.onForm(parseForm, async (visitor, req, res) => {
      const view = await find(visitor, req.params["gid"]);
      if (view !== undefined) await disconnect(visitor, view, req.ip);
      const notice =
        view === undefined
          ? failed(GONE)
          : done(
              `${toClientName(view)} is disconnected: it cannot work in Taiga for you any more.`,
            );
      await sessions.leave(visitor.secret, notice);
      seeOther(res, ACCOUNT_PATH);
    }),
  );
  router.post(
    `${ACCOUNT_PATH}/connections/:gid/limit`,
    login.onForm(parseConsentForm, async (visitor, req, res) => {
      const view = await find(visitor, req.params["gid"]);
      const { notice, isSaved } =
        view === undefined
          ? { notice: failed(GONE), isSaved: true }
          : await limit(visitor, view, req.body, req.ip);
      await sessions.leave(visitor.secret, notice);
      const back = `${ACCOUNT_PATH}/connections/${String(req.params["gid"])}`;
      seeOther(res, isSaved ? ACCOUNT_PATH : back);
    }),
  );
  router.use(ACCOUNT_PATH, createPageErrorHandler(deps.logger));
  return router;

  async function limit(
    { session }: Visitor,
    view: ConnectionView,
    body: unknown,
    network: string | undefined,
  ): Promise<{ notice: Notice; isSaved: boolean }> {
    const chosen = toLimits(view, session, body);
    if (typeof chosen === "string") return { notice: failed(chosen), isSaved: false };
    const outcome = await connections.narrow(session.accountId, view.gid, chosen);
    if (outcome === "wider") return { notice: failed(WIDER), isSaved: false };
    if (outcome === "gone") return { notice: failed(GONE), isSaved: true };
    const client = view.clientName;
    await activity.note(session.accountId, { kind: "narrowed", client, network });
    return { notice: done(`${toClientName(view)} is limited from now on.`), isSaved: true };
  }
}

const WIDER =
  "You can only allow less than today. To allow more, disconnect the app and connect it again.";

/** @returns the chosen limits, or the error to show. */
function toLimits(
  { projects }: ConnectionView,
  { projects: own }: AccountSession,
  body: unknown,
): GrantScope | string {
  const form = ConsentForm.safeParse(body).data;
  if (form === undefined) return "Choose what the app may do, and in which projects.";
  const offered =
    projects === "all" ? own : projects.map(({ id, name = "", slug }) => ({ id, name, slug }));
  const choice = toProjectChoice(form, offered);
  if (choice.error !== undefined) return choice.error;
  return { access: form.access, projects: choice.projects };
}

const toLastTime = ({ use, connectedAt }: ConnectionView): number => use?.usedAt ?? connectedAt;

const done = (text: string): Notice => ({ kind: "done", text });
const failed = (text: string): Notice => ({ kind: "failed", text });
