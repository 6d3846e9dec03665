import type { Request } from "express";
import { queryText } from "../http/endpoint.ts";
import {
  columnFilter,
  dateFilters,
  idFilters,
  orderRows,
  readProjectId,
  type Filter,
} from "../http/filters.ts";
import {
  allAssignees,
  DEFAULT_ORDER,
  epicsOf,
  searchText,
  statusesOf,
  type ItemRows,
} from "../model/kinds.ts";
import { compileQuery } from "../http/search-query.ts";
import { findById, mustFind } from "../model/rows.ts";
import type { Issue, ItemKind, State, Task, UserStory } from "../model/state.ts";

/**
 * The conditions of a list request. Unknown parameters are ignored, including `ref` and
 * `swimlane`: the working parameter is spelled `swimnlane`.
 *
 * @throws {ApiError} 400 for values of the wrong type.
 */
export function readFilters<Kind extends ItemKind>(
  req: Request,
  state: State,
  kind: Kind,
): Filter<ItemRows[Kind]>[] {
  const own = {
    epic: () => [],
    userstory: () => storyFilters(req, state),
    task: () => taskFilters(req, state),
    issue: () => issueFilters(req),
  };
  return [...commonFilters(req, state, kind), ...own[kind]()] as Filter<ItemRows[Kind]>[];
}

function commonFilters<Kind extends ItemKind>(
  req: Request,
  state: State,
  kind: Kind,
): Filter<ItemRows[Kind]>[] {
  type Row = ItemRows[Kind];
  const statuses = statusesOf(state, kind);
  const projectId = readProjectId(req);
  const slug = queryText(req, "project__slug");
  const filters: Filter<Row>[] = [
    ...idFilters<Row>(req, "status", (row) => [row.status]),
    ...idFilters<Row>(req, "owner", (row) => [row.owner]),
    ...idFilters<Row>(req, "assigned_to", (row) => [row.assigned_to]),
    ...idFilters<Row>(req, "watchers", (row) => row.watchers, null),
    ...columnFilter<Row>(
      req,
      "status__is_closed",
      (row) => mustFind(statuses, row.status).is_closed,
    ),
    ...dateFilters<Row>(req, "created_date", (row) => row.created_date),
    ...dateFilters<Row>(req, "modified_date", (row) => row.modified_date),
    ...tagFilters<Row>(req),
    ...(kind === "epic" ? [] : roleFilters<Row>(req, state)),
  ];
  if (projectId !== undefined) {
    filters.push({ parameter: "project", matches: (row) => row.project === projectId });
  }
  if (slug !== undefined) {
    const project = state.projects.find((row) => row.slug === slug);
    filters.push({ parameter: "project__slug", matches: (row) => row.project === project?.id });
  }
  const query = queryText(req, "q");
  if (query) {
    const matches = compileQuery(query);
    filters.push({ parameter: "q", matches: (row) => matches(searchText(row)) });
  }
  return filters;
}

/** By name: an item has at least one of the wanted tags and none of the unwanted ones. */
function tagFilters<Row extends { tags: string[] }>(req: Request): Filter<Row>[] {
  const read = (name: string) =>
    queryText(req, name)
      ?.split(",")
      .filter((tag) => tag !== "");
  const wanted = read("tags");
  const unwanted = read("exclude_tags");
  return [
    ...(wanted?.length
      ? [{ parameter: "tags", matches: (row: Row) => row.tags.some((tag) => wanted.includes(tag)) }]
      : []),
    ...(unwanted?.length
      ? [
          {
            parameter: "exclude_tags",
            matches: (row: Row) => !row.tags.some((tag) => unwanted.includes(tag)),
          },
        ]
      : []),
  ];
}

/** The role of the assignee. A role without members is ignored, as in Taiga. */
function roleFilters<Row extends { project: number; assigned_to: number | null }>(
  req: Request,
  state: State,
): Filter<Row>[] {
  const roleOf = (row: Row) =>
    state.memberships
      .filter((member) => member.user === row.assigned_to && member.project === row.project)
      .map((member) => member.role);
  return idFilters<Row>(req, "role", roleOf).filter(({ parameter }) => {
    const ids = queryText(req, parameter)?.split(",").map(Number) ?? [];
    return state.memberships.some((member) => ids.includes(member.role));
  });
}

function storyFilters(req: Request, state: State): Filter<UserStory>[] {
  const statusOf = (story: UserStory) => mustFind(state.storyStatuses, story.status);
  const epicIdsOf = (story: UserStory) => epicsOf(state, story).map(({ epic }) => epic.id);
  return [
    ...milestoneFilters<UserStory>(req),
    ...idFilters<UserStory>(req, "assigned_users", allAssignees),
    ...idFilters<UserStory>(req, "epic", epicIdsOf),
    ...idFilters<UserStory>(req, "swimnlane", (story) => [story.swimlane], "exclude_swimlane"),
    ...columnFilter<UserStory>(req, "milestone__isnull", (story) => story.milestone === null),
    ...columnFilter<UserStory>(req, "is_closed", (story) => story.is_closed),
    ...columnFilter<UserStory>(req, "status__is_archived", (story) => statusOf(story).is_archived),
    ...dateFilters<UserStory>(req, "finish_date", (story) => story.finish_date),
    ...sprintDateFilters<UserStory>(req, state),
  ];
}

function taskFilters(req: Request, state: State): Filter<Task>[] {
  return [
    ...milestoneFilters<Task>(req),
    ...columnFilter<Task>(req, "user_story", (task) => task.user_story),
    ...dateFilters<Task>(req, "finished_date", (task) => task.finished_date),
    ...sprintDateFilters<Task>(req, state),
  ];
}

function issueFilters(req: Request): Filter<Issue>[] {
  return [
    ...milestoneFilters<Issue>(req),
    ...idFilters<Issue>(req, "type", (issue) => [issue.type]),
    ...idFilters<Issue>(req, "severity", (issue) => [issue.severity]),
    ...idFilters<Issue>(req, "priority", (issue) => [issue.priority]),
    ...dateFilters<Issue>(req, "finished_date", (issue) => issue.finished_date),
  ];
}

interface Planned {
  milestone: number | null;
}

const milestoneFilters = <Row extends Planned>(req: Request): Filter<Row>[] =>
  columnFilter<Row>(req, "milestone", (row) => row.milestone);

const sprintDateFilters = <Row extends Planned>(req: Request, state: State): Filter<Row>[] =>
  (["estimated_start", "estimated_finish"] as const).flatMap((column) =>
    dateFilters<Row>(
      req,
      `milestone__${column}`,
      (row) => findById(state.milestones, row.milestone)?.[column],
    ),
  );

/** Sorts a list by `order_by`, or in the kind's default order. */
export function orderItems<Kind extends ItemKind>(
  req: Request,
  state: State,
  kind: Kind,
  rows: readonly ItemRows[Kind][],
): ItemRows[Kind][] {
  type Row = ItemRows[Kind];
  const nameOf = (id: number | null) => findById(state.users, id)?.full_name;
  const statuses = statusesOf(state, kind);
  const common = {
    project: (row: Row) => row.project,
    status: (row: Row) => mustFind(statuses, row.status).order,
    created_date: (row: Row) => row.created_date,
    modified_date: (row: Row) => row.modified_date,
    assigned_to: (row: Row) => nameOf(row.assigned_to),
    subject: (row: Row) => row.subject,
  };
  const sprintStart = (row: Planned) => findById(state.milestones, row.milestone)?.estimated_start;
  const own = {
    epic: {},
    userstory: {
      ...common,
      milestone: sprintStart,
      backlog_order: (story: UserStory) => story.backlog_order,
      sprint_order: (story: UserStory) => story.sprint_order,
      kanban_order: (story: UserStory) => story.kanban_order,
      epic_order: (story: UserStory) => epicsOf(state, story)[0]?.order,
    },
    task: { ...common, milestone: sprintStart, us_order: (task: Task) => task.us_order },
    issue: {
      ...common,
      owner: (issue: Issue) => nameOf(issue.owner),
      ref: (issue: Issue) => issue.ref,
      type: (issue: Issue) => mustFind(state.issueTypes, issue.type).order,
      severity: (issue: Issue) => mustFind(state.severities, issue.severity).order,
      priority: (issue: Issue) => mustFind(state.priorities, issue.priority).order,
    },
  };
  const keys = own[kind] as Parameters<typeof orderRows<Row>>[2];
  return orderRows<Row>(rows, queryText(req, "order_by"), keys, DEFAULT_ORDER[kind]);
}
