import type { Request } from "express";
import type { Actor } from "../model/access.ts";
import { authorize, findGrant, renewCode, toNextUrl, validate } from "./application-tokens.ts";
import type { Context } from "../model/context.ts";
import { group, queryText, toId, type Endpoint, type Handler } from "../http/endpoint.ts";
import { apiException, notAuthenticated, notFound, permissionDenied } from "../model/errors.ts";
import { toBody } from "../http/fields.ts";
import { toPage } from "../http/pagination.ts";
import type { Application, ApplicationToken, State, User } from "../model/state.ts";

/** `/applications` and `/application-tokens`: external applications with a user's consent. */
export function applicationRoutes({ state }: Context): Record<string, Endpoint> {
  const toTokenView = (row: ApplicationToken) => {
    const application = mustFindApplication(state, row.application);
    return {
      id: row.id,
      user: row.user,
      application: toApplicationView(application),
      auth_code: row.auth_code,
      next_url: toNextUrl(application, row.auth_code),
    };
  };
  const findOwn = (req: Request, actor: Actor): ApplicationToken | undefined => {
    const id = toId(req.params["id"]);
    return state.applicationTokens.find((row) => row.id === id && row.user === actor?.id);
  };

  return {
    ...group("Applications", {
      "/applications/:id": {
        GET: (req, actor) => {
          if (actor === null) throw notAuthenticated();
          return toApplicationView(mustFindApplication(state, req.params["id"]));
        },
      },
      "/applications/:id/token": {
        GET: (req, actor) => {
          const user = mustLogIn(actor);
          const application = mustFindApplication(state, req.params["id"]);
          const row = findGrant(state, user, application);
          if (row !== undefined) {
            renewCode(row, queryText(req, "state") ?? null);
            return toTokenView(row);
          }
          return {
            id: null,
            user: user.id,
            application: toApplicationView(application),
            auth_code: null,
            next_url: toNextUrl(application, null),
          };
        },
      },
    }),
    ...group("Application Tokens", {
      "/application-tokens": {
        GET: (req, actor) => {
          const user = mustLogIn(actor);
          const wanted = queryText(req, "application");
          const rows = state.applicationTokens.filter(
            (row) => row.user === user.id && (wanted === undefined || row.application === wanted),
          );
          return toPage(req, rows, toTokenView);
        },
        POST: refuse,
      },
      "/application-tokens/authorize": {
        POST: (req, actor) => {
          const user = mustLogIn(actor);
          const body = toBody(req.body);
          const application = mustFindApplication(state, body["application"]);
          const flowState = typeof body["state"] === "string" ? body["state"] : null;
          const row = authorize(state, user, application, flowState);
          const next_url = toNextUrl(application, row.auth_code);
          return { state: row.state, auth_code: row.auth_code, next_url };
        },
      },
      "/application-tokens/validate": {
        POST: (req) => {
          const { application, auth_code, state: flowState } = toBody(req.body);
          const token = validate(state, { application, auth_code, state: flowState });
          if (token === undefined) throw notFound("ApplicationToken");
          return { token };
        },
      },
      "/application-tokens/:id": {
        GET: (req, actor) => {
          const row = findOwn(req, actor);
          if (row === undefined) throw notFound("ApplicationToken");
          return toTokenView(row);
        },
        PUT: refuse,
        PATCH: refuse,
        DELETE: (req, actor) => {
          const row = findOwn(req, actor);
          if (row === undefined) throw permissionDenied();
          state.applicationTokens.splice(state.applicationTokens.indexOf(row), 1);
        },
      },
    }),
  };
}

const toApplicationView = ({ id, name, web, description, icon_url }: Application) => ({
  id,
  name,
  web,
  description,
  icon_url,
});

const refuse: Handler = () => {
  throw apiException(405, "NotSupported", "Method not supported for this endpoint.");
};

function mustLogIn(actor: Actor): User {
  if (actor === null) throw notAuthenticated("Authentication required");
  return actor;
}

/** @throws {ApiError} 404 when no application has the id. */
function mustFindApplication(state: State, id: unknown): Application {
  const application = state.applications.find((row) => row.id === id);
  if (application === undefined) throw notFound("Application");
  return application;
}
