import type { Request } from "express";
import { findMembership, isAllowed, refusal, type Actor } from "../model/access.ts";
import type { Context } from "../model/context.ts";
import { group, queryText, toId, type Endpoint } from "../http/endpoint.ts";
import {
  ApiError,
  badRequest,
  invalidFields,
  notAuthenticated,
  notFound,
} from "../model/errors.ts";
import { toBody } from "../http/fields.ts";
import { columnFilter, applyFilters, orderRows, type Filter } from "../http/filters.ts";
import { toPage } from "../http/pagination.ts";
import { compileQuery } from "../http/search-query.ts";
import { findById } from "../model/rows.ts";
import type { Project, State } from "../model/state.ts";
import { createDuplication } from "./duplicate.ts";
import { toProjectDetail, toProjectRow } from "../projects/project-views.ts";
import { deleteProject } from "./project-removal.ts";
import { createProject, editProject } from "./project-writes.ts";

/** `/projects`, `/projects/by_slug`, `/projects/{id}` and the order of a user's projects. */
export function projectRoutes(context: Context): Record<string, Endpoint> {
  const { state } = context;
  return group("Project", {
    "/projects": {
      GET: (req, actor) => {
        const isSlight = queryText(req, "slight") !== undefined;
        const rows = listProjects(req, state, actor);
        return toPage(req, rows, (project) => toProjectRow(state, project, actor, isSlight));
      },
      POST: (req, actor, res) => {
        const project = createProject(context, actor, toBody(req.body));
        res.status(201);
        return toProjectDetail(state, project, actor);
      },
    },
    "/projects/bulk_update_order": {
      POST: (req, actor) => orderProjects(state, actor, req.body),
    },
    "/projects/by_slug": {
      GET: (req, actor) => {
        const slug = queryText(req, "slug");
        const project = state.projects.find((row) => row.slug === slug);
        if (project === undefined || !isAllowed(state, actor, project, "view_project")) {
          throw actor === null ? notAuthenticated() : notFound();
        }
        return toProjectDetail(state, project, actor);
      },
    },
    "/projects/:id": {
      GET: (req, actor) => {
        const project = findById(state.projects, toId(req.params["id"]));
        if (project === undefined) throw actor === null ? notAuthenticated() : notFound();
        if (!isAllowed(state, actor, project, "view_project")) throw refusal(actor);
        return toProjectDetail(state, project, actor);
      },
      PATCH: (req, actor) => {
        const id = toId(req.params["id"]);
        const project = editProject(context, actor, id, toBody(req.body));
        return toProjectDetail(state, project, actor);
      },
      DELETE: (req, actor) => deleteProject(state, actor, toId(req.params["id"])),
    },
    "/projects/:id/duplicate": { POST: createDuplication(context) },
  });
}

const REQUIRED = ["This field is required."];

/**
 * Sets the caller's order of projects; those of others are ignored.
 *
 * @throws {ApiError} 401 with an empty body, and 400 for anything but a list of known projects.
 */
function orderProjects(state: State, actor: Actor, body: unknown): void {
  if (actor === null) throw new ApiError(401, null);
  if (!Array.isArray(body)) {
    throw invalidFields({ non_field_errors: ["Expected a list of items."] });
  }
  const entries = body as { project_id?: unknown; order?: unknown }[];
  const errors = entries.map(({ project_id, order }) => ({
    ...(project_id === undefined
      ? { project_id: REQUIRED }
      : !findById(state.projects, Number(project_id)) && {
          project_id: ["There's no project with that id"],
        }),
    ...(order === undefined && { order: REQUIRED }),
  }));
  if (errors.some((error) => Object.keys(error).length > 0)) throw new ApiError(400, errors);
  for (const { project_id, order } of entries) {
    const project = findById(state.projects, Number(project_id))!;
    const membership = findMembership(state, actor, project);
    if (membership !== undefined) membership.user_order = Number(order);
  }
}

function listProjects(req: Request, state: State, actor: Actor): Project[] {
  const filters = [
    ...memberFilter(state, queryText(req, "member")),
    ...columnFilter<Project>(req, "is_featured", () => false),
    ...columnFilter<Project>(req, "is_looking_for_people", () => false),
    ...columnFilter<Project>(req, "is_backlog_activated", (row) => row.is_backlog_activated),
    ...columnFilter<Project>(req, "is_kanban_activated", (row) => row.is_kanban_activated),
  ];
  const query = queryText(req, "q");
  if (query) {
    const matches = compileQuery(query);
    filters.push({
      parameter: "q",
      matches: (row) => matches([row.name, row.tags.join(" "), row.description].join(" ")),
    });
  }
  const visible = state.projects.filter((row) => isAllowed(state, actor, row, "view_project"));
  const keys = { user_order: (row: Project) => findMembership(state, actor, row)?.user_order };
  return orderRows(
    applyFilters(visible, filters),
    queryText(req, "order_by"),
    keys,
    (a, b) => a.name.localeCompare(b.name, "en") || a.id - b.id,
  );
}

/** @throws {ApiError} 400 for anything but an id. */
function memberFilter(state: State, member: string | undefined): Filter<Project>[] {
  if (!member) return [];
  const id = toId(member);
  if (id === undefined) throw badRequest("Error in filter params types.");
  const projects = new Set(
    state.memberships.filter((row) => row.user === id).map((row) => row.project),
  );
  return [{ parameter: "member", matches: (row) => projects.has(row.id) }];
}
