import * as field from "../../http/fields.ts";
import type { Project, State } from "../../model/state.ts";

/** A row of a project's value list. */
export interface Value {
  id: number;
  project: number;
  name: string;
  order: number;
  slug?: string;
  is_closed?: boolean;
}

/** The tables with values that items refer to. */
type ValueTable =
  | "epicStatuses"
  | "storyStatuses"
  | "taskStatuses"
  | "issueStatuses"
  | "points"
  | "priorities"
  | "severities"
  | "issueTypes";

/** One value list: `/{path}`, `/{path}/{id}` and `/{path}/bulk_update_order`. */
export interface ValueList {
  path: string;
  model: string;
  table: ValueTable;
  /** The list of `[id, order]` pairs in an order request. */
  orderField: string;
  /** The writable fields besides project and name. */
  fields: field.Readers;
  /** The columns of a new value that the request leaves out. */
  defaults: Record<string, unknown>;
  /** Statuses have a slug, which follows the name. */
  hasSlug: boolean;
  /** The project's default of this list. */
  defaultField: Exclude<keyof Project["defaults"], "swimlane">;
  /** Gives the items with one value another one, without a version or history. */
  move: (state: State, from: number, to: number) => void;
}

const colored = { order: field.position, color: field.text(20) };
const status = { ...colored, is_closed: field.flag };
const COLORED = { order: 10, color: "#999999" };

const moveColumn =
  <Table extends "epics" | "userstories" | "tasks" | "issues">(
    table: Table,
    column: keyof State[Table][number],
  ) =>
  (state: State, from: number, to: number): void => {
    for (const row of state[table] as unknown as Record<PropertyKey, unknown>[]) {
      if (row[column] === from) row[column] = to;
    }
  };

function movePoints(state: State, from: number, to: number): void {
  for (const story of state.userstories) {
    for (const [role, points] of Object.entries(story.points)) {
      if (points === from) story.points[role] = to;
    }
  }
}

/** @see taiga-back projects/api.py, the view sets with a MoveOnDestroyMixin */
export const VALUE_LISTS: readonly ValueList[] = [
  {
    path: "/epic-statuses",
    model: "EpicStatus",
    table: "epicStatuses",
    orderField: "bulk_epic_statuses",
    fields: status,
    defaults: { ...COLORED, is_closed: false },
    hasSlug: true,
    defaultField: "epic_status",
    move: moveColumn("epics", "status"),
  },
  {
    path: "/userstory-statuses",
    model: "UserStoryStatus",
    table: "storyStatuses",
    orderField: "bulk_userstory_statuses",
    fields: { ...status, is_archived: field.flag, wip_limit: field.wholeNumber },
    defaults: { ...COLORED, is_closed: false, is_archived: false, wip_limit: null },
    hasSlug: true,
    defaultField: "us_status",
    move: moveColumn("userstories", "status"),
  },
  {
    path: "/task-statuses",
    model: "TaskStatus",
    table: "taskStatuses",
    orderField: "bulk_task_statuses",
    fields: status,
    defaults: { ...COLORED, is_closed: false },
    hasSlug: true,
    defaultField: "task_status",
    move: moveColumn("tasks", "status"),
  },
  {
    path: "/issue-statuses",
    model: "IssueStatus",
    table: "issueStatuses",
    orderField: "bulk_issue_statuses",
    fields: status,
    defaults: { ...COLORED, is_closed: false },
    hasSlug: true,
    defaultField: "issue_status",
    move: moveColumn("issues", "status"),
  },
  {
    path: "/points",
    model: "Points",
    table: "points",
    orderField: "bulk_points",
    fields: { order: field.position, value: field.decimal },
    defaults: { order: 10, value: null },
    hasSlug: false,
    defaultField: "points",
    move: movePoints,
  },
  {
    path: "/priorities",
    model: "Priority",
    table: "priorities",
    orderField: "bulk_priorities",
    fields: colored,
    defaults: COLORED,
    hasSlug: false,
    defaultField: "priority",
    move: moveColumn("issues", "priority"),
  },
  {
    path: "/severities",
    model: "Severity",
    table: "severities",
    orderField: "bulk_severities",
    fields: colored,
    defaults: COLORED,
    hasSlug: false,
    defaultField: "severity",
    move: moveColumn("issues", "severity"),
  },
  {
    path: "/issue-types",
    model: "IssueType",
    table: "issueTypes",
    orderField: "bulk_issue_types",
    fields: colored,
    defaults: COLORED,
    hasSlug: false,
    defaultField: "issue_type",
    move: moveColumn("issues", "type"),
  },
];
