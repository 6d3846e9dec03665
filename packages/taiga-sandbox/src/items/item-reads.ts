import type { Request, Response } from "express";
import { findMembership, isAllowed, permissionFor, refusal, type Actor } from "../model/access.ts";
import type { Context } from "../model/context.ts";
import { queryText, toId, type Handler } from "../http/endpoint.ts";
import { ApiError, notFound } from "../model/errors.ts";
import { applyFilters } from "../http/filters.ts";
import { toFiltersData } from "./filters-data.ts";
import { readFilters, orderItems } from "./item-filters.ts";
import { DEFAULT_ORDER, KINDS, rowsOf, visibleItems, type ItemRows } from "../model/kinds.ts";
import { toPage } from "../http/pagination.ts";
import { findById, mustFind } from "../model/rows.ts";
import type { ItemKind } from "../model/state.ts";
import { toItemDetail, toItemRow, toNeighbors } from "./item-views.ts";
import { toDashboardStory, toStoryTasks } from "./story-views.ts";

/** The read endpoints of a kind of item. */
export interface ItemReads {
  list: Handler;
  detail: Handler;
  byRef: Handler;
  filtersData: Handler;
}

export function createItemReads(context: Context, kind: ItemKind): ItemReads {
  return {
    list: (req, actor, res) => {
      if (kind === "userstory") return listStories(context, req, actor, res);
      const items = findItems(context, kind, req, actor);
      return toPage(req, items, (item) => toItemRow(context, kind, item, toViewer(req, actor)));
    },
    detail: (req, actor) => {
      const item = findById(rowsOf(context.state, kind), toId(req.params["id"]));
      return toVisibleDetail(context, kind, item, toViewer(req, actor));
    },
    byRef: (req, actor) =>
      toVisibleDetail(context, kind, findByRef(context, kind, req), toViewer(req, actor)),
    filtersData: (req, actor) => {
      const project = findById(context.state.projects, toId(queryText(req, "project")));
      if (project === undefined) throw notFound("Project");
      if (!isAllowed(context.state, actor, project, permissionFor("view", kind))) {
        throw refusal(actor);
      }
      const filters = readFilters(req, context.state, kind);
      return toFiltersData(context.state, kind, project, filters);
    },
  };
}

const toViewer = (req: Request, actor: Actor) => ({
  actor,
  withAttachments: queryText(req, "include_attachments") !== undefined,
});

/** The items that the caller may see and that match the parameters. */
function findItems<Kind extends ItemKind>(
  { state }: Context,
  kind: Kind,
  req: Request,
  actor: Actor,
): ItemRows[Kind][] {
  const filtered = applyFilters(visibleItems(state, actor, kind), readFilters(req, state, kind));
  return orderItems(req, state, kind, filtered);
}

/** Lists of stories have three more row formats, for boards that need fewer or more fields. */
function listStories(context: Context, req: Request, actor: Actor, res: Response): unknown[] {
  const { state } = context;
  const stories = findItems(context, "userstory", req, actor);
  res.set(storyHeaders(context, req));
  if (queryText(req, "dashboard") === "true") {
    const own = stories.filter((story) => {
      const project = mustFind(state.projects, story.project);
      return findMembership(state, actor, project) !== undefined;
    });
    return toPage(req, own, (story) => toDashboardStory(context, story));
  }
  if (queryText(req, "only_ref") === "true") {
    return toPage(req, stories, ({ id, ref }) => ({ id, ref }));
  }
  const hasTasks = queryText(req, "include_tasks") !== undefined;
  return toPage(req, stories, (story) => ({
    ...toItemRow(context, "userstory", story, toViewer(req, actor)),
    ...(hasTasks && { tasks: toStoryTasks(state, story) }),
  }));
}

/** Data about the whole project, which Taiga returns without a permission check. */
function storyHeaders({ state }: Context, req: Request): Record<string, string> {
  const project = queryText(req, "project");
  if (project === undefined) return {};
  const stories = state.userstories.filter((story) => story.project === Number(project));
  const backlog = stories.filter((story) => story.milestone === null);
  return {
    "Taiga-Info-Userstories-Without-Swimlane": String(
      stories.some((story) => story.swimlane === null),
    ),
    ...(queryText(req, "milestone") === "null" && {
      "Taiga-Info-Backlog-Total-Userstories": String(backlog.length),
    }),
  };
}

/** @throws {ApiError} 404 for a missing item, 401 or 403 for one the caller may not see. */
function toVisibleDetail<Kind extends ItemKind>(
  context: Context,
  kind: Kind,
  item: ItemRows[Kind] | undefined,
  { actor, withAttachments }: ReturnType<typeof toViewer>,
): Record<string, unknown> {
  const { state } = context;
  if (item === undefined) throw notFound(KINDS[kind].model);
  const project = mustFind(state.projects, item.project);
  if (!isAllowed(state, actor, project, permissionFor("view", kind))) throw refusal(actor);
  const siblings = rowsOf(state, kind).filter((row) => row.project === item.project);
  return {
    ...toItemDetail(context, kind, item, actor, withAttachments),
    neighbors: toNeighbors(siblings.toSorted(DEFAULT_ORDER[kind]), item),
  };
}

/** @throws {ApiError} 400 with a bare JSON string when a parameter is missing. */
function findByRef<Kind extends ItemKind>(
  { state }: Context,
  kind: Kind,
  req: Request,
): ItemRows[Kind] | undefined {
  const ref = queryText(req, "ref");
  const id = queryText(req, "project");
  const slug = queryText(req, "project__slug");
  if (ref === undefined) throw new ApiError(400, "ref param is needed");
  if (id === undefined && slug === undefined) {
    throw new ApiError(400, "project or project__slug param is needed");
  }
  const project = state.projects.find((row) =>
    id === undefined ? row.slug === slug : row.id === Number(id),
  );
  return rowsOf(state, kind).find((row) => row.project === project?.id && row.ref === Number(ref));
}
