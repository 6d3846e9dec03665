import type { Request } from "express";
import { findMembership, isAllowed, refusal, type Actor } from "../model/access.ts";
import type { Context } from "../model/context.ts";
import { group, queryText, toId, type Endpoint } from "../http/endpoint.ts";
import { notAuthenticated, notFound } from "../model/errors.ts";
import { columnFilter, applyFilters, idFilters, orderRows } from "../http/filters.ts";
import { toPage } from "../http/pagination.ts";
import { compileQuery } from "../http/search-query.ts";
import { findById } from "../model/rows.ts";
import type { Project, State } from "../model/state.ts";
import { toProjectDetail, toProjectRow } from "./project-views.ts";

/** `/projects`, `/projects/by_slug` and `/projects/{id}`, read-only. */
export function projectRoutes({ state }: Context): Record<string, Endpoint> {
  return group("Project", {
    "/projects": {
      GET: (req, actor) => {
        const isSlight = queryText(req, "slight") !== undefined;
        const rows = listProjects(req, state, actor);
        return toPage(req, rows, (project) => toProjectRow(state, project, actor, isSlight));
      },
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
    },
  });
}

function listProjects(req: Request, state: State, actor: Actor): Project[] {
  const membersOf = (project: Project) =>
    state.memberships.filter((row) => row.project === project.id).map((row) => row.user);
  const filters = [
    ...idFilters<Project>(req, "member", membersOf, null),
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
