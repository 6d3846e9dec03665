import { wrongArguments } from "./errors.ts";
import * as field from "./fields.ts";
import { makeRoom } from "./ordering.ts";
import { findById, mustFind } from "./rows.ts";
import type { Project, State, Task } from "./state.ts";

/** The fields that can be written; all others are ignored. */
export const taskFields = (state: State, project: Project | undefined) => ({
  project: field.reference(state.projects),
  subject: field.text(500),
  description: field.text(),
  status: field.reference(state.taskStatuses),
  user_story: field.optionalReference(state.userstories),
  milestone: field.optionalReference(state.milestones),
  assigned_to: field.assignee(state, project),
  watchers: field.watchers(state, project),
  tags: field.tags,
  us_order: field.position,
  taskboard_order: field.position,
  is_iocaine: field.flag,
  is_blocked: field.flag,
  blocked_note: field.text(),
  due_date: field.day,
  due_date_reason: field.text(),
  external_reference: field.externalReference,
  version: field.wholeNumber,
  comment: field.text(),
});

/** What a request sets of a task. */
export type TaskValues = field.Values<ReturnType<typeof taskFields>>;

/** What a new task must have and no edit may empty. */
export const TASK_REQUIRED = ["project", "subject"];

/** Copies the plain columns; tags and the comment are not columns. */
export function assignTaskColumns(state: State, task: Task, values: TaskValues): void {
  const { tags: _tags, comment: _comment, version: _version, ...columns } = values;
  Object.assign(task, columns);
  if (!task.is_blocked) task.blocked_note = "";
  followStory(state, task);
}

/** A task with a story is always in the story's sprint. */
export function followStory(state: State, task: Task): void {
  const story = findById(state.userstories, task.user_story);
  if (story !== undefined) task.milestone = story.milestone;
}

/** @throws {ApiError} 400 when something belongs to another project. */
export function verifyTaskReferences(state: State, task: Task): void {
  const foreign = (rows: readonly { id: number; project: number }[], id: number | null) =>
    id !== null && mustFind(rows, id).project !== task.project;
  const refuse = (what: string) =>
    wrongArguments(`You don't have permissions to set this ${what} to this task.`);
  if (foreign(state.milestones, task.milestone)) throw refuse("sprint");
  if (foreign(state.userstories, task.user_story)) throw refuse("user story");
  if (foreign(state.taskStatuses, task.status)) throw refuse("status");
}

/** `finished_date` follows the status. */
export function stampFinish(state: State, task: Task, now: string): void {
  const isClosed = mustFind(state.taskStatuses, task.status).is_closed;
  if (isClosed) task.finished_date ??= now;
  else task.finished_date = null;
}

/** A task that changed its place on a board is among the answered positions, unlike a story. */
export function reorderTasks(state: State, task: Task, old: Task): Record<string, number> {
  const own = (order: number) => ({ [String(task.id)]: order });
  const inStory = state.tasks.filter((row) => row.user_story === task.user_story);
  const inCell = state.tasks.filter(
    (row) => row.status === task.status && row.milestone === task.milestone,
  );
  const movedInStory = task.us_order !== old.us_order || task.user_story !== old.user_story;
  const movedOnBoard =
    task.taskboard_order !== old.taskboard_order ||
    task.status !== old.status ||
    task.user_story !== old.user_story;
  return {
    ...(movedInStory && { ...makeRoom(inStory, task, "us_order"), ...own(task.us_order) }),
    ...(movedOnBoard && {
      ...makeRoom(inCell, task, "taskboard_order"),
      ...own(task.taskboard_order),
    }),
  };
}
