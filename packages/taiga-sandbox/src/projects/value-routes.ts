import type { Request } from "express";
import type { Endpoint } from "../http/endpoint.ts";
import { applyFilters, idFilters } from "../http/filters.ts";
import { resourceRoutes, type Resource } from "../http/resource.ts";
import { findMembership } from "../model/access.ts";
import type { Context } from "../model/context.ts";
import { ITEM_KINDS } from "../model/kinds.ts";
import { mustFind } from "../model/rows.ts";
import type { Membership, State } from "../model/state.ts";
import { toCustomAttribute, toMembership, toRole, toSwimlane } from "./value-views.ts";

interface Value {
  id: number;
  project: number;
}

/** The lists whose rows are returned as stored: path, model and table. */
const PLAIN = [
  ["/epic-statuses", "EpicStatus", "epicStatuses"],
  ["/userstory-statuses", "UserStoryStatus", "storyStatuses"],
  ["/task-statuses", "TaskStatus", "taskStatuses"],
  ["/issue-statuses", "IssueStatus", "issueStatuses"],
  ["/points", "Points", "points"],
  ["/priorities", "Priority", "priorities"],
  ["/severities", "Severity", "severities"],
  ["/issue-types", "IssueType", "issueTypes"],
  ["/userstory-due-dates", "UserStoryDueDate", "storyDueDates"],
  ["/task-due-dates", "TaskDueDate", "taskDueDates"],
  ["/issue-due-dates", "IssueDueDate", "issueDueDates"],
] as const;

/**
 * The configuration lists of a project, read-only: statuses, points, types, priorities,
 * severities, due dates, swimlanes, custom fields, roles and memberships. Everyone who may see the
 * project may see them.
 */
export function valueRoutes({ state }: Context): Record<string, Endpoint> {
  const readable = <Row extends Value>(resource: Omit<Resource<Row>, "permission">) =>
    resourceRoutes(state, { ...resource, permission: "view_project" });
  return Object.assign(
    {},
    ...PLAIN.map(([path, model, table]) =>
      readable<Value>({ path, model, rows: () => state[table], toView: (row) => row }),
    ),
    ...ITEM_KINDS.map((kind) =>
      readable({
        path: `/${kind}-custom-attributes`,
        model: "CustomAttribute",
        rows: () => state.customAttributes.filter((row) => row.kind === kind),
        toView: toCustomAttribute,
      }),
    ),
    readable({
      path: "/swimlanes",
      model: "Swimlane",
      rows: () => state.swimlanes,
      toView: (row) => toSwimlane(state, row),
    }),
    readable({
      path: "/roles",
      model: "Role",
      rows: () => state.roles,
      toView: (row) => toRole(state, row),
    }),
    readable({
      path: "/memberships",
      model: "Membership",
      rows: () => state.memberships,
      toView: (row, actor) => {
        const project = mustFind(state.projects, row.project);
        const isAdmin = findMembership(state, actor, project)?.is_admin === true;
        return toMembership(state, row, actor?.is_superuser === true || isAdmin);
      },
      select: (visible, req) => selectMemberships(state, visible, req),
    }),
  );
}

function selectMemberships(state: State, visible: Membership[], req: Request): Membership[] {
  const nameOf = (row: Membership) => mustFind(state.users, row.user).full_name;
  const byRole = idFilters<Membership>(req, "role", (row) => [row.role], null);
  return applyFilters(visible, byRole).toSorted(
    (a, b) => a.project - b.project || nameOf(a).localeCompare(nameOf(b), "en"),
  );
}
