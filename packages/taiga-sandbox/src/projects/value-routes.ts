import type { Request, Response } from "express";
import { findMembership, isAllowed, refusal, type Actor } from "../model/access.ts";
import type { Context } from "../model/context.ts";
import { toId, type Endpoint } from "../http/endpoint.ts";
import { notFound } from "../model/errors.ts";
import { applyFilters, idFilters, readProjectId } from "../http/filters.ts";
import { sendPage } from "../http/pagination.ts";
import { findById, inOrder, mustFind } from "../model/rows.ts";
import type { ItemKind, Membership, Project, State } from "../model/state.ts";
import { toCustomAttribute, toMembership, toRole, toSwimlane } from "./value-views.ts";

interface Value {
  id: number;
  project: number;
  order: number;
}

/**
 * The lists that a project is configured with, to read: statuses, points, types, priorities,
 * severities, due dates, swimlanes, custom fields, roles and memberships. Whoever may see the
 * project may see them; in a list, other projects are left out without a word.
 */
export function valueRoutes({ state }: Context): Record<string, Endpoint> {
  const custom = (kind: ItemKind) =>
    readable(
      state,
      "CustomAttribute",
      () => state.customAttributes.filter((row) => row.kind === kind),
      toCustomAttribute,
    );
  const plain = <Row extends Value>(model: string, rows: () => Row[]) =>
    readable(state, model, rows, (row) => row);
  return {
    ...at(
      "/epic-statuses",
      plain("EpicStatus", () => state.epicStatuses),
    ),
    ...at(
      "/userstory-statuses",
      plain("UserStoryStatus", () => state.storyStatuses),
    ),
    ...at(
      "/task-statuses",
      plain("TaskStatus", () => state.taskStatuses),
    ),
    ...at(
      "/issue-statuses",
      plain("IssueStatus", () => state.issueStatuses),
    ),
    ...at(
      "/points",
      plain("Points", () => state.points),
    ),
    ...at(
      "/priorities",
      plain("Priority", () => state.priorities),
    ),
    ...at(
      "/severities",
      plain("Severity", () => state.severities),
    ),
    ...at(
      "/issue-types",
      plain("IssueType", () => state.issueTypes),
    ),
    ...at(
      "/userstory-due-dates",
      plain("UserStoryDueDate", () => state.storyDueDates),
    ),
    ...at(
      "/task-due-dates",
      plain("TaskDueDate", () => state.taskDueDates),
    ),
    ...at(
      "/issue-due-dates",
      plain("IssueDueDate", () => state.issueDueDates),
    ),
    ...at(
      "/swimlanes",
      readable(
        state,
        "Swimlane",
        () => state.swimlanes,
        (row) => toSwimlane(state, row),
      ),
    ),
    ...at(
      "/roles",
      readable(
        state,
        "Role",
        () => state.roles,
        (row) => toRole(state, row),
      ),
    ),
    ...at("/epic-custom-attributes", custom("epic")),
    ...at("/userstory-custom-attributes", custom("userstory")),
    ...at("/task-custom-attributes", custom("task")),
    ...at("/issue-custom-attributes", custom("issue")),
    ...membershipRoutes(state),
  };
}

const at = (
  path: string,
  { list, detail }: { list: Endpoint; detail: Endpoint },
): Record<string, Endpoint> => ({ [path]: list, [`${path}/:id`]: detail });

function readable<Row extends Value>(
  state: State,
  model: string,
  rows: () => Row[],
  toView: (row: Row) => unknown,
): { list: Endpoint; detail: Endpoint } {
  const isVisible = (row: Row, actor: Actor): boolean =>
    isAllowed(state, actor, mustFind(state.projects, row.project), "view_project");
  const list = (req: Request, res: Response, actor: Actor): void => {
    const projectId = readProjectId(req);
    const visible = rows()
      .filter((row) => projectId === undefined || row.project === projectId)
      .filter((row) => isVisible(row, actor));
    sendPage(req, res, inOrder(visible), toView);
  };
  const detail = (req: Request, res: Response, actor: Actor): void => {
    const row = findById(rows(), toId(req.params["id"]));
    if (row === undefined) throw notFound(model);
    if (!isVisible(row, actor)) throw refusal(actor);
    res.json(toView(row));
  };
  return {
    list: { name: model, handlers: { GET: list } },
    detail: { name: model, handlers: { GET: detail } },
  };
}

function membershipRoutes(state: State): Record<string, Endpoint> {
  const seesEmail = (project: Project, actor: Actor): boolean =>
    actor?.is_superuser === true || findMembership(state, actor, project)?.is_admin === true;
  const projectOf = (row: Membership) => mustFind(state.projects, row.project);
  const nameOf = (row: Membership) => mustFind(state.users, row.user).full_name;
  const toView = (row: Membership, actor: Actor) =>
    toMembership(state, row, seesEmail(projectOf(row), actor));
  const isVisible = (row: Membership, actor: Actor) =>
    isAllowed(state, actor, projectOf(row), "view_project");
  return {
    "/memberships": {
      name: "Membership",
      handlers: {
        GET: (req, res, actor) => {
          const projectId = readProjectId(req);
          const visible = state.memberships
            .filter((row) => projectId === undefined || row.project === projectId)
            .filter((row) => isVisible(row, actor))
            .toSorted((a, b) => a.project - b.project || nameOf(a).localeCompare(nameOf(b), "en"));
          const byRole = idFilters<Membership>(req, "role", (row) => [row.role], null);
          sendPage(req, res, applyFilters(visible, byRole), (row) => toView(row, actor));
        },
      },
    },
    "/memberships/:id": {
      name: "Membership",
      handlers: {
        GET: (req, res, actor) => {
          const row = findById(state.memberships, toId(req.params["id"]));
          if (row === undefined) throw notFound("Membership");
          if (!isVisible(row, actor)) throw refusal(actor);
          res.json(toView(row, actor));
        },
      },
    },
  };
}
