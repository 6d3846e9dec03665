import type { Request, Response } from "express";
import type { Actor } from "../access.ts";
import type { Context } from "../context.ts";
import { toId, type Endpoint } from "../endpoint.ts";
import { invalidFields } from "../errors.ts";
import { toBody } from "../fields.ts";
import { findById, mustFind } from "../rows.ts";
import { createPlainTask, createTask, deleteTask, editTask, planTask } from "../task-writes.ts";
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
import { createItemReads } from "./items.ts";
import { createPromotion } from "./promotion.ts";

const KIND = "task";

/** `/tasks` and what is under it, except attachments and custom fields. */
export function taskRoutes(context: Context): Record<string, Endpoint> {
  const { list, detail, byRef, filtersData } = createItemReads(context, KIND);
  const endpoint = (handlers: Endpoint["handlers"]): Endpoint => ({ name: "Task", handlers });
  return {
    "/tasks": endpoint({
      GET: list,
      POST: (req, res, actor) => {
        const task = createTask(context, actor, toBody(req.body));
        res.status(201).json(toItemDetail(context, KIND, task, actor));
      },
    }),
    "/tasks/by_ref": endpoint({ GET: byRef }),
    "/tasks/filters_data": endpoint({ GET: filtersData }),
    "/tasks/bulk_create": endpoint({
      POST: (req, res, actor) => bulkCreate(context, req, res, actor),
    }),
    "/tasks/bulk_update_milestone": endpoint({
      POST: (req, res, actor) => bulkPlan(context, req, res, actor),
    }),
    "/tasks/:id": endpoint({
      GET: detail,
      PATCH: (req, res, actor) => {
        const body = toBody(req.body);
        const edited = editTask(context, actor, toId(req.params["id"]), body);
        res.set("Taiga-Info-Order-Updated", JSON.stringify(edited.orderUpdated));
        res.json(toItemDetail(context, KIND, edited.task, actor));
      },
      DELETE: (req, res, actor) => {
        const task = findForDelete(context.state, actor, {
          kind: KIND,
          id: toId(req.params["id"]),
        });
        verifyWritable(mustFind(context.state.projects, task.project));
        deleteTask(context, mustBeUser(actor), task);
        res.status(204).end();
      },
    }),
    "/tasks/:id/promote_to_user_story": endpoint({ POST: createPromotion(context, KIND) }),
  };
}

/** Tasks can only be made in bulk within a sprint: `milestone_id` is required. */
function bulkCreate(context: Context, req: Request, res: Response, actor: Actor): void {
  const { state } = context;
  const body = toBody(req.body);
  const project = readBulk(state, body, ["milestone_id", "bulk_tasks"]);
  const milestone = readOwnId(body, "milestone_id", {
    rows: state.milestones,
    project,
    message: "Invalid milestone id. The milestone must belong to the same project.",
  })!;
  const userStory = readOwnId(body, "us_id", {
    rows: state.userstories,
    project,
    message: "Invalid user story id. The user story must belong to the same project.",
  });
  const status = readOwnId(body, "status_id", {
    rows: state.taskStatuses,
    project,
    message: "Invalid task status id. The status must belong to the same project.",
  });
  const author = verifyPermission(state, actor, project, "add_task");
  verifyWritable(project, "blocked only");
  const tasks = toSubjects(body["bulk_tasks"]).map((subject) =>
    createPlainTask(context, project, author, {
      subject,
      status: status ?? project.defaults.task_status,
      milestone,
      user_story: userStory ?? null,
    }),
  );
  res.json(tasks.map((task) => toItemDetail(context, KIND, task, actor)));
}

function bulkPlan(context: Context, req: Request, res: Response, actor: Actor): void {
  const { state } = context;
  const body = toBody(req.body);
  const project = readBulk(state, body, ["milestone_id", "bulk_tasks"]);
  const milestone = readOwnId(body, "milestone_id", {
    rows: state.milestones,
    project,
    message: "The milestone isn't valid for the project",
  })!;
  const ids = Array.isArray(body["bulk_tasks"])
    ? body["bulk_tasks"].map((row: { task_id?: unknown } | null) => Number(row?.task_id))
    : [];
  const tasks = ids.map((id) => findById(state.tasks, id));
  if (!Array.isArray(body["bulk_tasks"]) || tasks.some((task) => task?.project !== project.id)) {
    throw invalidFields({ bulk_tasks: ["All the tasks must be from the same project"] });
  }
  const author = verifyPermission(state, actor, project, "modify_task");
  verifyWritable(project);
  for (const task of tasks) planTask(context, author, task!, milestone);
  res.json(Object.fromEntries(ids.map((id) => [String(id), milestone])));
}
