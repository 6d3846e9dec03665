import { randomUUID } from "node:crypto";
import { toTimestamp, type Context } from "../model/context.ts";
import { createPlainItem } from "./item-writes.ts";
import { deleteItem } from "./item-removal.ts";
import { toId, type Handler } from "../http/endpoint.ts";
import { toBody } from "../http/fields.ts";
import { verifyPermission, verifyWritable } from "../model/access.ts";
import { notFound } from "../model/errors.ts";
import { allocateId, findById } from "../model/rows.ts";
import type { Issue, Project, Task, User, UserStory } from "../model/state.ts";
import { storyRules } from "./story-rules.ts";
import { taskRules } from "./task-rules.ts";
import { readBulk } from "./writes.ts";

type Source = { kind: "task"; item: Task } | { kind: "issue"; item: Issue };

/**
 * Promotes a task or an issue to a story, with its texts, tags, sprint, assignee, watchers, comments
 * and files. The task is deleted, the issue stays.
 *
 * @see taiga-back projects/services/promote.py
 */
function promote(context: Context, project: Project, author: User, source: Source): UserStory {
  const { kind, item } = source;
  const home = { project, author };
  const story = createPlainItem(context, storyRules, home, {
    subject: item.subject,
    description: item.description,
    tags: [...item.tags],
    milestone: item.milestone,
    owner: item.owner,
    assigned_to: item.assigned_to,
    watchers: [...item.watchers],
    status: project.defaults.us_status,
    swimlane: null,
    generated_from_issue: kind === "issue" ? item.id : null,
    from_task_ref: kind === "task" ? `Task #${item.ref}` : null,
  });
  copyComments(context, source, story);
  copyFiles(context, source, story);
  if (kind === "task") deleteItem(context, taskRules, author, item);
  return story;
}

function copyComments({ state }: Context, { kind, item }: Source, story: UserStory): void {
  const comments = state.history.filter(
    (entry) => entry.kind === kind && entry.object === item.id && entry.comment !== "",
  );
  for (const entry of comments) {
    const copy = { ...structuredClone(entry), id: randomUUID(), diff: {}, values: { users: {} } };
    state.history.push({ ...copy, kind: "userstory", object: story.id });
  }
}

function copyFiles({ state, clock }: Context, { kind, item }: Source, story: UserStory): void {
  const files = state.attachments.filter((file) => file.kind === kind && file.object === item.id);
  for (const file of files) {
    const id = allocateId(state, "attachments");
    const modified_date = toTimestamp(clock());
    state.attachments.push({ ...file, id, kind: "userstory", object: story.id, modified_date });
    state.attachmentContents[id] = state.attachmentContents[file.id]!;
  }
}

/** Promoting a task requires only the right to see it, although it deletes the task. */
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
