import type { Request, Response } from "express";
import type { Actor } from "../access.ts";
import type { Context } from "../context.ts";
import { toId, type Endpoint } from "../endpoint.ts";
import { invalidFields } from "../errors.ts";
import { toBody } from "../fields.ts";
import {
  createPlainStory,
  createStory,
  deleteStory,
  editStory,
  planStory,
} from "../story-writes.ts";
import { findById } from "../rows.ts";
import { toItemDetail } from "../views/items.ts";
import {
  findForDelete,
  mustBeUser,
  readBulk,
  readOwnId,
  toSubjects,
  verifyPermission,
  verifyWritable,
} from "../writes.ts";
import { mustFind } from "../rows.ts";
import { createItemReads } from "./items.ts";

const KIND = "userstory";

/** `/userstories` and what is under it, except attachments and custom fields. */
export function userStoryRoutes(context: Context): Record<string, Endpoint> {
  const { list, detail, byRef, filtersData } = createItemReads(context, KIND);
  const endpoint = (handlers: Endpoint["handlers"]): Endpoint => ({ name: "UserStory", handlers });
  return {
    "/userstories": endpoint({
      GET: list,
      POST: (req, res, actor) => {
        const story = createStory(context, actor, toBody(req.body));
        res.status(201).json(toItemDetail(context, KIND, story, actor));
      },
    }),
    "/userstories/by_ref": endpoint({ GET: byRef }),
    "/userstories/filters_data": endpoint({ GET: filtersData }),
    "/userstories/bulk_create": endpoint({
      POST: (req, res, actor) => bulkCreate(context, req, res, actor),
    }),
    "/userstories/bulk_update_milestone": endpoint({
      POST: (req, res, actor) => bulkPlan(context, req, res, actor),
    }),
    "/userstories/:id": endpoint({
      GET: detail,
      PATCH: (req, res, actor) => {
        const body = toBody(req.body);
        const edited = editStory(context, actor, toId(req.params["id"]), body);
        res.set("Taiga-Info-Order-Updated", JSON.stringify(edited.orderUpdated));
        res.json(toItemDetail(context, KIND, edited.story, actor));
      },
      DELETE: (req, res, actor) => {
        const story = findForDelete(context.state, actor, {
          kind: KIND,
          id: toId(req.params["id"]),
        });
        verifyWritable(mustFind(context.state.projects, story.project));
        deleteStory(context, mustBeUser(actor), story);
        res.status(204).end();
      },
    }),
  };
}

function bulkCreate(context: Context, req: Request, res: Response, actor: Actor): void {
  const { state } = context;
  const body = toBody(req.body);
  const project = readBulk(state, body, ["bulk_stories"]);
  const status = readOwnId(body, "status_id", {
    rows: state.storyStatuses,
    project,
    message: "Invalid user story status id. The status must belong to the same project.",
  });
  const swimlane = readOwnId(body, "swimlane_id", {
    rows: state.swimlanes,
    project,
    message: "Invalid swimlane id. The swimlane must belong to the same project.",
  });
  const author = verifyPermission(state, actor, project, "add_us");
  verifyWritable(project, "blocked only");
  const stories = toSubjects(body["bulk_stories"]).map((subject) =>
    createPlainStory(context, project, author, {
      subject,
      status: status ?? project.defaults.us_status,
      swimlane: swimlane ?? null,
    }),
  );
  res.json(stories.map((story) => toItemDetail(context, KIND, story, actor)));
}

function bulkPlan(context: Context, req: Request, res: Response, actor: Actor): void {
  const { state } = context;
  const body = toBody(req.body);
  const project = readBulk(state, body, ["milestone_id", "bulk_stories"]);
  const milestone = readOwnId(body, "milestone_id", {
    rows: state.milestones,
    project,
    message: "The milestone isn't valid for the project",
  })!;
  const plan = readPlan(body["bulk_stories"]).map(({ us_id, order }) => ({
    story: findById(state.userstories, us_id),
    order,
  }));
  if (plan.some(({ story }) => story?.project !== project.id)) {
    throw invalidFields({ bulk_stories: ["All the user stories must be from the same project"] });
  }
  const author = verifyPermission(state, actor, project, "modify_us");
  verifyWritable(project);
  for (const { story, order } of plan) planStory(context, author, story!, { milestone, order });
  res.status(204).end();
}

/** @throws {ApiError} 400 unless it is a list of `{us_id, order}`. */
function readPlan(value: unknown): { us_id: number; order: number }[] {
  if (!Array.isArray(value)) throw invalidFields({ bulk_stories: ["Enter a list of values."] });
  return value.map((row: { us_id?: unknown; order?: unknown } | null) => {
    const us_id = Number(row?.us_id);
    const order = Number(row?.order);
    if (!Number.isInteger(us_id) || !Number.isInteger(order)) {
      throw invalidFields({ bulk_stories: [{ us_id: ["Enter a whole number."] }] });
    }
    return { us_id, order };
  });
}
