import type { Actor } from "./access.ts";
import { settle } from "./closing.ts";
import { toTimestamp, type Context } from "./context.ts";
import * as field from "./fields.ts";
import {
  assignTaskColumns,
  followStory,
  reorderTasks,
  stampFinish,
  taskFields,
  TASK_REQUIRED,
  verifyTaskReferences,
} from "./task-rules.ts";
import { recordChange, recordCreation, recordDeletion } from "./history.ts";
import { takeSnapshot } from "./snapshots.ts";
import { allocateId, allocateOrder, allocateRef, findById, mustFind } from "./rows.ts";
import type { Project, State, Task, User } from "./state.ts";
import {
  addWatchers,
  applyTags,
  findForEdit,
  mustBeUser,
  newItem,
  touch,
  verifyItemVersion,
  verifyMove,
  verifyPermission,
  verifyWritable,
} from "./writes.ts";

/**
 * `POST /tasks`. A task of a story is put into the story's sprint, whatever was sent.
 *
 * @throws {ApiError} as Taiga answers.
 */
export function createTask(context: Context, actor: Actor, body: field.Body): Task {
  const { state } = context;
  const target = findById(state.projects, Number(body["project"]));
  const values = field.readFields(body, taskFields(state, target), {
    required: TASK_REQUIRED,
    isEdit: false,
  });
  const project = mustFind(state.projects, values.project!);
  const author = verifyPermission(state, actor, project, "add_task");
  verifyWritable(project);
  const task = newTask(context, project, author);
  assignTaskColumns(state, task, values);
  verifyTaskReferences(state, task);
  task.version = values.version ?? 1;
  if (values.tags) applyTags(project, task, values.tags);
  return insertTask(context, task, author);
}

/** A task with nothing but a subject, for bulk creation. */
export function createPlainTask(
  context: Context,
  project: Project,
  author: User,
  plain: { subject: string; status: number; milestone: number; user_story: number | null },
): Task {
  const task = Object.assign(newTask(context, project, author), plain);
  followStory(context.state, task);
  return insertTask(context, task, author);
}

function newTask(context: Context, project: Project, author: User): Task {
  const order = Math.floor(allocateOrder(context.state, context.clock()) / 1000);
  return {
    ...newItem(context, project, author, project.defaults.task_status),
    due_date: null,
    due_date_reason: "",
    user_story: null,
    milestone: null,
    us_order: order,
    taskboard_order: order,
    is_iocaine: false,
    finished_date: null,
  };
}

function insertTask(context: Context, task: Task, author: User): Task {
  const now = toTimestamp(context.clock());
  task.id = allocateId(context.state, "tasks");
  task.ref = allocateRef(context.state, mustFind(context.state.projects, task.project));
  stampFinish(context.state, task, now);
  addWatchers(context.state, task, [task.description]);
  context.state.tasks.push(task);
  settle(context.state, { stories: [task.user_story], milestones: [task.milestone] }, now);
  recordCreation(context, { kind: "task", item: task }, author);
  return task;
}

/** A written task and the board positions that changed with it. */
export interface EditedTask {
  task: Task;
  orderUpdated: Record<string, number>;
}

/**
 * `PATCH /tasks/{id}`, with the checks in the order of a story's.
 *
 * @throws {ApiError} as Taiga answers; nothing has changed then.
 */
export function editTask(
  context: Context,
  actor: Actor,
  id: number | undefined,
  body: field.Body,
): EditedTask {
  const { state } = context;
  const { task, edited, values } = checkEdit(state, actor, id, body);
  const author = mustBeUser(actor);
  const before = takeSnapshot(state, { kind: "task", item: task });
  const old = structuredClone(task);
  const now = toTimestamp(context.clock());
  const project = mustFind(state.projects, edited.project);
  if (edited.project !== old.project) edited.ref = allocateRef(state, project);
  Object.assign(task, edited);
  stampFinish(state, task, now);
  if (values.tags) applyTags(project, task, values.tags);
  const orderUpdated = reorderTasks(state, task, old);
  touch(context, task);
  const stories = [task.user_story, old.user_story];
  settle(state, { stories, milestones: [task.milestone, old.milestone] }, now);
  const comment = values.comment ?? "";
  recordChange(context, { kind: "task", item: task }, { before, author, comment });
  const texts = [comment, values.description ?? ""];
  addWatchers(state, task, texts, comment === "" ? undefined : author);
  return { task, orderUpdated };
}

/** The task as it is and as it would be; changes nothing. */
function checkEdit(state: State, actor: Actor, id: number | undefined, body: field.Body) {
  const task = findForEdit(state, actor, { kind: "task", id }, body);
  const project = mustFind(state.projects, task.project);
  const values = field.readFields(body, taskFields(state, project), {
    required: [...TASK_REQUIRED, "status"],
    isEdit: true,
  });
  verifyItemVersion(state, "task", task, { version: values.version, body });
  verifyWritable(project);
  const edited = structuredClone(task);
  assignTaskColumns(state, edited, values);
  verifyTaskReferences(state, edited);
  verifyMove(state, actor, "task", { from: task.project, to: edited.project });
  return { task, edited, values };
}

/** `DELETE`. */
export function deleteTask(context: Context, author: User, task: Task): void {
  const { state } = context;
  recordDeletion(context, { kind: "task", item: task }, author);
  state.tasks = state.tasks.filter((row) => row.id !== task.id);
  settle(
    state,
    { stories: [task.user_story], milestones: [task.milestone] },
    toTimestamp(context.clock()),
  );
}

/** Moves a task to a sprint; it keeps its version. */
export function planTask(context: Context, author: User, task: Task, milestone: number): void {
  const { state } = context;
  const before = takeSnapshot(state, { kind: "task", item: task });
  const old = task.milestone;
  task.milestone = milestone;
  settle(
    state,
    { stories: [task.user_story], milestones: [old, milestone] },
    toTimestamp(context.clock()),
  );
  recordChange(context, { kind: "task", item: task }, { before, author, comment: "" });
}
