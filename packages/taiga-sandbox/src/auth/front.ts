import express, { type Request, type Response, Router } from "express";
import { authorize, findGrant, renewCode, toNextUrl } from "./application-tokens.ts";
import type { Context } from "../model/context.ts";
import { queryText } from "../http/endpoint.ts";
import { htmlPage } from "../model/errors.ts";
import { toBody, toText } from "../http/fields.ts";
import { findUserByPassword } from "./auth-routes.ts";
import { findById } from "../model/rows.ts";
import type { Application, User } from "../model/state.ts";
import type { Tokens } from "./tokens.ts";
import { renderConsent, renderLoggedIn, renderLogin } from "./pages.ts";

/** Taiga's front keeps its login in the browser's storage; pages without scripts need a cookie. */
const COOKIE = "taiga-sandbox-login";
const COOKIE_OPTIONS = { httpOnly: true, sameSite: "lax", path: "/" } as const;

/**
 * Taiga's front for external applications: `/login` and `/external-apps`, including the quirks
 * that a login through it has to handle.
 *
 * @see taiga-front app/modules/external-apps, app/coffee/modules/auth.coffee
 */
export function createFront({ state }: Context, tokens: Tokens): Router {
  const router = Router();
  const parseForm = express.urlencoded({ extended: false, limit: "16kb" });

  async function findUser(req: Request): Promise<User | undefined> {
    const cookies = (req.get("cookie") ?? "").split(/; */);
    const token = cookies.find((cookie) => cookie.startsWith(`${COOKIE}=`));
    if (token === undefined) return undefined;
    const claims = await tokens.verify(token.slice(COOKIE.length + 1), "access");
    const user = typeof claims === "string" ? undefined : findById(state.users, claims.user_id);
    return user?.is_active === true ? user : undefined;
  }

  function findApplication(id: unknown, res: Response): Application | undefined {
    const application = state.applications.find((row) => row.id === id);
    if (application === undefined) {
      res.status(404).send(htmlPage("Not Found", "There is no such application."));
    }
    return application;
  }

  router.get("/login", async (req, res) => {
    const user = await findUser(req);
    const next = toOwnPath(queryText(req, "next"));
    if (user === undefined) res.send(renderLogin(next));
    else if (next === "/login") res.send(renderLoggedIn(user.full_name));
    else res.redirect(302, next);
  });

  router.post("/login", parseForm, async (req, res) => {
    const body = toBody(req.body);
    const next = toOwnPath(body["next"]);
    const user = findUserByPassword(state, body["username"], body["password"]);
    if (user === undefined) {
      res.status(400).send(renderLogin(next, toText(body["username"])));
      return;
    }
    const { auth_token } = await tokens.issue(user.id);
    res.cookie(COOKIE, auth_token, COOKIE_OPTIONS);
    res.redirect(303, next);
  });

  router.post("/logout", (_req, res) => {
    res.clearCookie(COOKIE, COOKIE_OPTIONS);
    res.redirect(303, "/login");
  });

  router.get("/external-apps", async (req, res) => {
    const user = await findUser(req);
    if (user === undefined) {
      // The front does not encode it, so everything from the first & on is lost.
      res.redirect(302, `/login?unauthorized=true&next=${req.originalUrl}`);
      return;
    }
    const application = findApplication(queryText(req, "application"), res);
    if (application === undefined) return;
    const flowState = queryText(req, "state") ?? "";
    const grant = findGrant(state, user, application);
    if (grant !== undefined) {
      // Taiga asks for consent only once.
      renewCode(grant, flowState);
      res.redirect(302, toNextUrl(application, grant.auth_code));
      return;
    }
    const { id: applicationId, name } = application;
    const page = { application: name, applicationId, state: flowState, user: user.full_name };
    res.send(renderConsent(page));
  });

  router.post("/external-apps", parseForm, async (req, res) => {
    const user = await findUser(req);
    if (user === undefined) {
      res.redirect(303, "/login");
      return;
    }
    const body = toBody(req.body);
    const application = findApplication(body["application"], res);
    if (application === undefined) return;
    // The browser brings back only the code, neither the state nor an error.
    const { auth_code } = authorize(state, user, application, toText(body["state"]));
    res.redirect(303, toNextUrl(application, auth_code));
  });

  return router;
}

/** After a login, redirects only to paths of this server. */
const toOwnPath = (next: unknown): string =>
  typeof next === "string" && /^\/(?![/\\])/.test(next) ? next : "/login";
