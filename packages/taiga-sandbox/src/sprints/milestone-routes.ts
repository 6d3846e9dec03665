import type { Request } from "express";
import { isAllowed, refusal, type Actor } from "../model/access.ts";
import type { Context } from "../model/context.ts";
import { queryText, toId, type Endpoint } from "../http/endpoint.ts";
import { notFound } from "../model/errors.ts";
import { toBody } from "../http/fields.ts";
import {
  applyFilters,
  columnFilter,
  dateFilters,
  orderRows,
  readProjectId,
} from "../http/filters.ts";
import { toMilestoneStats } from "./milestone-stats.ts";
import { createMilestone, deleteMilestone, editMilestone } from "./milestone-writes.ts";
import { sendPage } from "../http/pagination.ts";
import { findById, mustFind } from "../model/rows.ts";
import type { Milestone, State } from "../model/state.ts";
import { toMilestone } from "./milestone-views.ts";

/** `/milestones`, `/milestones/{id}` and `/milestones/{id}/stats`. */
export function milestoneRoutes(context: Context): Record<string, Endpoint> {
  const { state } = context;
  const isVisible = (milestone: Milestone, actor: Actor): boolean =>
    isAllowed(state, actor, mustFind(state.projects, milestone.project), "view_milestones");
  const findVisible = (req: Request, actor: Actor): Milestone => {
    const milestone = findById(state.milestones, toId(req.params["id"]));
    if (milestone === undefined) throw notFound("Milestone");
    if (!isVisible(milestone, actor)) throw refusal(actor);
    return milestone;
  };
  const endpoint = (handlers: Endpoint["handlers"]): Endpoint => ({ name: "Milestone", handlers });
  return {
    "/milestones": endpoint({
      GET: (req, res, actor) => {
        const visible = state.milestones.filter((row) => isVisible(row, actor));
        res.set(toCounts(req, visible));
        const rows = listMilestones(req, state, visible);
        sendPage(req, res, rows, (row) => toMilestone(context, row));
      },
      POST: (req, res, actor) => {
        const milestone = createMilestone(context, actor, toBody(req.body));
        res.status(201).json(toMilestone(context, milestone));
      },
    }),
    "/milestones/:id": endpoint({
      GET: (req, res, actor) => {
        res.json(toMilestone(context, findVisible(req, actor)));
      },
      PATCH: (req, res, actor) => {
        const id = toId(req.params["id"]);
        res.json(toMilestone(context, editMilestone(context, actor, id, toBody(req.body))));
      },
      DELETE: (req, res, actor) => {
        deleteMilestone(context, actor, toId(req.params["id"]));
        res.status(204).end();
      },
    }),
    "/milestones/:id/stats": endpoint({
      GET: (req, res, actor) => {
        res.json(toMilestoneStats(state, findVisible(req, actor)));
      },
    }),
  };
}

/** How many sprints of the project are open and closed, whatever else was filtered. */
function toCounts(req: Request, visible: readonly Milestone[]): Record<string, string> {
  const projectId = readProjectId(req);
  const own = visible.filter((row) => projectId === undefined || row.project === projectId);
  const closed = own.filter((row) => row.closed).length;
  return {
    "Taiga-Info-Total-Opened-Milestones": String(own.length - closed),
    "Taiga-Info-Total-Closed-Milestones": String(closed),
  };
}

function listMilestones(req: Request, state: State, visible: readonly Milestone[]): Milestone[] {
  const slug = queryText(req, "project__slug");
  const slugOf = (row: Milestone) => mustFind(state.projects, row.project).slug;
  const filters = [
    ...columnFilter<Milestone>(req, "project", (row) => row.project),
    ...columnFilter<Milestone>(req, "closed", (row) => row.closed),
    ...dateFilters<Milestone>(req, "created_date", (row) => row.created_date),
    ...dateFilters<Milestone>(req, "modified_date", (row) => row.modified_date),
    ...dateFilters<Milestone>(req, "estimated_start", (row) => row.estimated_start),
    ...dateFilters<Milestone>(req, "estimated_finish", (row) => row.estimated_finish),
  ];
  const rows = applyFilters(visible, filters).filter(
    (row) => slug === undefined || slugOf(row) === slug,
  );
  const keys = {
    project: (row: Milestone) => row.project,
    name: (row: Milestone) => row.name,
    estimated_start: (row: Milestone) => row.estimated_start,
    estimated_finish: (row: Milestone) => row.estimated_finish,
    closed: (row: Milestone) => row.closed,
    created_date: (row: Milestone) => row.created_date,
  };
  return orderRows(
    rows,
    queryText(req, "order_by"),
    keys,
    (a, b) => b.estimated_start.localeCompare(a.estimated_start) || a.id - b.id,
  );
}
