import type { Context } from "./context.ts";
import { invalidFields, permissionDenied } from "./errors.ts";
import * as field from "./fields.ts";
import { makeRoom } from "./ordering.ts";
import { allocateOrder, mustFind } from "./rows.ts";
import type { Project, State, UserStory } from "./state.ts";

/** The fields that can be written; all others are ignored, among them `ref` and `kanban_order`. */
export const storyFields = (state: State, project: Project | undefined) => ({
  project: field.reference(state.projects),
  subject: field.text(500),
  description: field.text(),
  status: field.reference(state.storyStatuses),
  milestone: field.optionalReference(state.milestones),
  swimlane: field.optionalReference(state.swimlanes),
  assigned_to: field.assignee(state, project),
  assigned_users: field.references(state.users),
  watchers: field.watchers(state, project),
  tags: field.tags,
  points: field.points,
  backlog_order: field.position,
  sprint_order: field.position,
  is_blocked: field.flag,
  blocked_note: field.text(),
  client_requirement: field.flag,
  team_requirement: field.flag,
  due_date: field.day,
  due_date_reason: field.text(),
  external_reference: field.externalReference,
  version: field.wholeNumber,
  comment: field.text(),
});

/** What a request sets of a story. */
export type StoryValues = field.Values<ReturnType<typeof storyFields>>;

/** What a new story must have and no edit may empty. */
export const STORY_REQUIRED = ["project", "subject"];

/** Copies the plain columns; points, tags and the comment are not columns. */
export function assignStoryColumns(story: UserStory, values: StoryValues): void {
  const { points: _points, tags: _tags, comment: _comment, version: _version, ...columns } = values;
  Object.assign(story, columns);
  if (!story.is_blocked) story.blocked_note = "";
}

/** @throws {ApiError} 403 when something belongs to another project. */
export function verifyStoryReferences(state: State, story: UserStory): void {
  const foreign = (rows: readonly { id: number; project: number }[], id: number | null) =>
    id !== null && mustFind(rows, id).project !== story.project;
  const refuse = (what: string) =>
    permissionDenied(`You don't have permissions to set this ${what} to this user story.`);
  if (foreign(state.milestones, story.milestone)) throw refuse("sprint");
  if (foreign(state.swimlanes, story.swimlane)) throw refuse("swimlane");
  if (foreign(state.storyStatuses, story.status)) throw refuse("status");
}

/**
 * The points of every computable role: those sent, else those it had, else the project's default.
 *
 * @throws {ApiError} 400 with a plain string under `points`.
 */
export function mergePoints(
  state: State,
  story: UserStory,
  sent: Record<string, unknown>,
): Record<string, number> {
  const project = mustFind(state.projects, story.project);
  const roles = state.roles.filter((role) => role.project === project.id && role.computable);
  const allowed = new Set(
    state.points.filter((row) => row.project === project.id).map((row) => row.id),
  );
  for (const [role, id] of Object.entries(sent)) {
    if (!roles.some((row) => String(row.id) === role)) {
      throw invalidFields({ points: `Invalid role id '${role}'` });
    }
    if (!allowed.has(Number(id))) {
      throw invalidFields({ points: `Invalid points id '${String(id)}'` });
    }
  }
  return Object.fromEntries(
    roles.map((role) => {
      const key = String(role.id);
      return [key, Number(sent[key] ?? story.points[key] ?? project.defaults.points)];
    }),
  );
}

/** Applies what an edit means for the boards. */
export function reorderStories(
  context: Context,
  story: UserStory,
  old: UserStory,
): Record<string, number> {
  const { state } = context;
  if (story.status !== old.status || story.swimlane !== old.swimlane) {
    story.kanban_order = allocateOrder(state, context.clock());
  }
  const inProject = state.userstories.filter((row) => row.project === story.project);
  const inSprint = inProject.filter((row) => row.milestone === story.milestone);
  return {
    ...(story.backlog_order !== old.backlog_order && makeRoom(inProject, story, "backlog_order")),
    ...(story.sprint_order !== old.sprint_order && makeRoom(inSprint, story, "sprint_order")),
  };
}

/** Tasks are always in the sprint of their story. */
export function carryTasks(state: State, story: UserStory, old: UserStory): void {
  if (story.milestone === old.milestone) return;
  for (const task of state.tasks) {
    if (task.user_story === story.id) task.milestone = story.milestone;
  }
}
