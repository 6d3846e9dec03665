import type { Request, Response } from "express";
import { group, queryText, toId, type Endpoint } from "../http/endpoint.ts";
import { applyFilters, columnFilter, dateFilters, orderRows } from "../http/filters.ts";
import { mustSee, resourceRoutes, type Resource } from "../http/resource.ts";
import { saveLater, type Context } from "../model/context.ts";
import { findById, mustFind } from "../model/rows.ts";
import type { Milestone, State } from "../model/state.ts";
import { moveActions } from "./milestone-moves.ts";
import { toMilestoneStats } from "./milestone-stats.ts";
import { toMilestone } from "./milestone-views.ts";
import { createMilestone, deleteMilestone, planMilestoneEdit } from "./milestone-writes.ts";

/** `/milestones`, `/milestones/{id}` and `/milestones/{id}/stats`. */
export function milestoneRoutes(context: Context): Record<string, Endpoint> {
  const { state } = context;
  const milestones: Resource<Milestone> = {
    path: "/milestones",
    model: "Milestone",
    permission: "view_milestones",
    rows: () => state.milestones,
    toView: (row) => toMilestone(context, row),
    select: (visible, req, res) => selectMilestones(state, visible, req, res),
    create: (actor, body) => createMilestone(context, actor, body),
    edit: (actor, id, body) => saveLater(context, planMilestoneEdit(context, actor, id, body)),
    remove: (actor, id) => deleteMilestone(context, actor, id),
  };
  return {
    ...resourceRoutes(state, milestones),
    ...group("Milestone", {
      ...Object.fromEntries(
        Object.entries(moveActions(context)).map(([name, handlers]) => [
          `/milestones/:id/${name}`,
          handlers,
        ]),
      ),
      "/milestones/:id/stats": {
        GET: (req, actor) => {
          const milestone = findById(state.milestones, toId(req.params["id"]));
          return toMilestoneStats(state, mustSee(state, milestones, milestone, actor));
        },
      },
    }),
  };
}

const DATE_COLUMNS = [
  "created_date",
  "modified_date",
  "estimated_start",
  "estimated_finish",
] as const;

type DateColumn = (typeof DATE_COLUMNS)[number];

/** The fields that `order_by` supports. */
const ORDER_COLUMNS = [
  "project",
  "name",
  "estimated_start",
  "estimated_finish",
  "closed",
  "created_date",
] as const;

function selectMilestones(
  state: State,
  visible: Milestone[],
  req: Request,
  res: Response,
): Milestone[] {
  // The numbers of open and closed sprints of the project, independent of other filters.
  const closed = visible.filter((row) => row.closed).length;
  res.set("Taiga-Info-Total-Opened-Milestones", String(visible.length - closed));
  res.set("Taiga-Info-Total-Closed-Milestones", String(closed));
  const slug = queryText(req, "project__slug");
  const slugOf = (row: Milestone) => mustFind(state.projects, row.project).slug;
  const date = (column: DateColumn) => dateFilters<Milestone>(req, column, (row) => row[column]);
  const filters = [
    ...columnFilter<Milestone>(req, "closed", (row) => row.closed),
    ...DATE_COLUMNS.flatMap(date),
  ];
  const rows = applyFilters(visible, filters).filter(
    (row) => slug === undefined || slugOf(row) === slug,
  );
  const keys = ORDER_COLUMNS.map((column) => [column, (row: Milestone) => row[column]] as const);
  return orderRows(
    rows,
    queryText(req, "order_by"),
    Object.fromEntries(keys),
    (a, b) => b.estimated_start.localeCompare(a.estimated_start) || a.id - b.id,
  );
}
