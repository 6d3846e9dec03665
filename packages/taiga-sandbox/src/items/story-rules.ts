import { readStatus, readStoryPlan } from "./bulk-rules.ts";
import type { Context } from "../model/context.ts";
import { invalidFields, permissionDenied } from "../model/errors.ts";
import * as field from "../http/fields.ts";
import { recordDeletion } from "../history/history.ts";
import { dueFields, type ItemRules } from "./item-rules.ts";
import { makeRoom } from "./ordering.ts";
import { allocateOrder, mustFind } from "../model/rows.ts";
import type { State, User, UserStory } from "../model/state.ts";
import { readOwnId } from "./writes.ts";

/** How user stories are written. */
export const storyRules: ItemRules<"userstory"> = {
  kind: "userstory",
  title: "user story",
  fields: (state) => ({
    ...dueFields,
    milestone: field.optionalReference(state.milestones),
    swimlane: field.optionalReference(state.swimlanes),
    assigned_users: field.references(state.users),
    points: field.points,
    backlog_order: field.position,
    sprint_order: field.position,
    client_requirement: field.flag,
    team_requirement: field.flag,
  }),
  kept: [],
  newColumns: ({ state, clock }, { defaults }) => ({
    status: defaults.us_status,
    assigned_users: [],
    due_date: null,
    due_date_reason: "",
    milestone: null,
    swimlane: null,
    points: {},
    backlog_order: allocateOrder(state, clock()),
    sprint_order: allocateOrder(state, clock()),
    kanban_order: allocateOrder(state, clock()),
    is_closed: false,
    finish_date: null,
    client_requirement: false,
    team_requirement: false,
    generated_from_issue: null,
    from_task_ref: null,
  }),
  references: (state, story) => [
    ["sprint", state.milestones, story.milestone],
    ["swimlane", state.swimlanes, story.swimlane],
    ["status", state.storyStatuses, story.status],
  ],
  refuse: permissionDenied,
  referencesFirst: false,
  complete: ({ state }, story, { points = {} }) => {
    story.points = mergePoints(state, story, points);
  },
  reorder: reorderStories,
  carry: carryTasks,
  touched: (story) => ({ stories: [story.id], milestones: [story.milestone] }),
  release: releaseStory,
  bulk: {
    field: "bulk_stories",
    required: [],
    readColumns: (state, body, project) => ({
      status:
        readStatus(body, project, { rows: state.storyStatuses, title: "user story" }) ??
        project.defaults.us_status,
      swimlane:
        readOwnId(body, "swimlane_id", {
          rows: state.swimlanes,
          project,
          message: "Invalid swimlane id. The swimlane must belong to the same project.",
        }) ?? null,
    }),
    newestFirst: false,
    plan: { plural: "user stories", readRows: readStoryPlan, answersSprints: false },
  },
};

/**
 * The points of every computable role: as sent, else as before, else the project's default.
 *
 * @throws {ApiError} 400 with a plain string under `points`.
 */
function mergePoints(
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

/** Updates the board positions after an edit. */
function reorderStories(
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
function carryTasks(state: State, story: UserStory, old: UserStory): void {
  if (story.milestone === old.milestone) return;
  for (const task of state.tasks) {
    if (task.user_story === story.id) task.milestone = story.milestone;
  }
}

/** The tasks are deleted with their story. */
function releaseStory(context: Context, story: UserStory, author: User): void {
  const { state } = context;
  for (const task of state.tasks.filter((row) => row.user_story === story.id)) {
    // Webhooks hear of the story alone.
    recordDeletion({ ...context, announce: undefined }, { kind: "task", item: task }, author);
  }
  state.tasks = state.tasks.filter((task) => task.user_story !== story.id);
  state.relatedStories = state.relatedStories.filter((link) => link.user_story !== story.id);
}
