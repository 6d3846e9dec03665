import type { Context } from "../model/context.ts";
import { toId, type Handler } from "../http/endpoint.ts";
import { notFound } from "../model/errors.ts";
import { toBody } from "../http/fields.ts";
import { promote } from "./promotion.ts";
import { findById } from "../model/rows.ts";
import { readBulk, verifyPermission, verifyWritable } from "./writes.ts";

/** Taiga asks for less when it is a task, although the task goes. */
const PERMISSION = { task: "view_tasks", issue: "add_us" };

/** `POST /{kind}/{id}/promote_to_user_story {project_id}`: a list with the new story's #number. */
export const createPromotion =
  (context: Context, kind: "task" | "issue"): Handler =>
  (req, actor) => {
    const { state } = context;
    const project = readBulk(state, toBody(req.body), []);
    const author = verifyPermission(state, actor, project, PERMISSION[kind]);
    const id = toId(req.params["id"]);
    const source =
      kind === "task"
        ? { kind, item: findById(state.tasks, id) }
        : { kind, item: findById(state.issues, id) };
    if (source.item?.project !== project.id) throw notFound();
    verifyWritable(project);
    const story = promote(context, project, author, source as Parameters<typeof promote>[3]);
    return [story.ref];
  };
