import type { Request } from "express";
import { permissionFor, permissionsIn, refusal, type Actor } from "../model/access.ts";
import type { Context } from "../model/context.ts";
import { group, queryText, toId, type Endpoint, type Handlers } from "../http/endpoint.ts";
import { notFound } from "../model/errors.ts";
import { toPage } from "../http/pagination.ts";
import { findById } from "../model/rows.ts";
import type { State, TimelineEvent, TimelineKind } from "../model/state.ts";
import { toRowId, toTimelineEntry, type TimelineRow } from "./timeline-views.ts";

/**
 * `/timeline/project/{id}`, `/timeline/user/{id}` (the user's own actions) and `/timeline/profile/{id}`
 * (events that concern the user): newest first, limited to what the caller may see.
 */
export function timelineRoutes({ state }: Context): Record<string, Endpoint> {
  const list = (listRows: (req: Request, actor: Actor) => TimelineRow[]): Handlers => ({
    GET: (req, actor) => {
      const visible = createVisibility(state, actor);
      const rows = listRows(req, actor)
        .filter(({ event }) => visible(event) && isWanted(req, event))
        .toSorted(
          (a, b) =>
            Date.parse(b.event.created) - Date.parse(a.event.created) || toRowId(b) - toRowId(a),
        );
      return toPage(req, rows, (row) => toTimelineEntry(state, row));
    },
  });
  return group("Timeline", {
    "/timeline/project/:id": list((req, actor) => {
      const project = findById(state.projects, toId(req.params["id"]));
      if (project === undefined) throw notFound();
      if (!permissionsIn(state, actor, project).has("view_project")) throw refusal(actor);
      return state.timeline
        .filter((event) => event.project === project.id)
        .map((event) => ({ event, person: undefined }));
    }),
    "/timeline/user/:id": list((req) => {
      const id = mustBeKnown(state, req);
      // Taiga lists an action once for each user it concerns.
      return state.timeline
        .filter((event) => event.user === id)
        .flatMap((event) => event.people.map((person) => ({ event, person })));
    }),
    "/timeline/profile/:id": list((req) => {
      const person = mustBeKnown(state, req);
      return state.timeline
        .filter((event) => event.people.includes(person))
        .map((event) => ({ event, person }));
    }),
  });
}

/** @throws {ApiError} 404 when there is no such user. */
function mustBeKnown(state: State, req: Request): number {
  const user = findById(state.users, toId(req.params["id"]));
  if (user === undefined) throw notFound();
  return user.id;
}

function createVisibility(state: State, actor: Actor): (event: TimelineEvent) => boolean {
  const permissions = new Map(
    state.projects.map((project) => [project.id, permissionsIn(state, actor, project)]),
  );
  return (event) => permissions.get(event.project)?.has(PERMISSIONS[event.kind]) === true;
}

const PERMISSIONS: Record<TimelineKind, string> = {
  project: "view_project",
  membership: "view_project",
  milestone: "view_milestones",
  epic: permissionFor("view", "epic"),
  relateduserstory: permissionFor("view", "epic"),
  userstory: permissionFor("view", "userstory"),
  task: permissionFor("view", "task"),
  issue: permissionFor("view", "issue"),
  wiki: permissionFor("view", "wiki"),
};

/** `only_relevant` omits pure comments, and deletions of four kinds, as taiga-back does. */
function isWanted(req: Request, { kind, action, change }: TimelineEvent): boolean {
  if (queryText(req, "only_relevant") === undefined) return true;
  if (!["issue", "task", "userstory", "wiki"].includes(kind)) return true;
  if (action === "delete") return false;
  return action === "create" || Object.keys(change?.values_diff ?? {}).length > 0;
}
