import type { Request } from "express";
import { toId, type Handlers } from "../http/endpoint.ts";
import { toBody, type Body } from "../http/fields.ts";
import {
  isAllowed,
  permissionsIn,
  refusal,
  verifyWritable,
  type Actor,
  type Strictness,
} from "../model/access.ts";
import { notAuthenticated, notFound } from "../model/errors.ts";
import { findById } from "../model/rows.ts";
import type { Project, State, User } from "../model/state.ts";

/**
 * Builds a POST on a project: 401 without a login, 404 for a project out of sight, 403 without the
 * permission. An answer of `{}` is an empty body.
 *
 * @param permission null if everyone who sees the project may do it.
 */
export type ProjectAction = (
  permission: string | null,
  strictness: Strictness | "any",
  run: (project: Project, user: User, body: Body, req: Request) => unknown,
) => Handlers;

/** @throws {ApiError} 401, or 404 for a missing project and one out of sight. */
export function findVisible(state: State, actor: Actor, req: Request): Project {
  const project = findById(state.projects, toId(req.params["id"]));
  const isVisible = project !== undefined && isAllowed(state, actor, project, "view_project");
  if (isVisible) return project;
  throw actor === null ? notAuthenticated() : notFound();
}

export const createAction =
  (state: State): ProjectAction =>
  (permission, strictness, run) => ({
    POST: async (req, actor, res) => {
      if (actor === null) throw notAuthenticated();
      const project = findVisible(state, actor, req);
      const isMissing =
        permission !== null && !permissionsIn(state, actor, project).has(permission);
      if (isMissing) throw refusal(actor);
      if (strictness !== "any") verifyWritable(project, strictness);
      const body = typeof req.body === "object" ? toBody(req.body) : {};
      const answer = await run(project, actor, body, req);
      if (typeof answer === "object" && Object.keys(answer as object).length > 0) return answer;
      res.end();
      return undefined;
    },
  });
