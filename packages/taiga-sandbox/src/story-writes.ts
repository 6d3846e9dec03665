import type { Actor } from "./access.ts";
import { settle } from "./closing.ts";
import { toTimestamp, type Context } from "./context.ts";
import * as field from "./fields.ts";
import {
  assignStoryColumns,
  carryTasks,
  mergePoints,
  reorderStories,
  storyFields,
  STORY_REQUIRED,
  verifyStoryReferences,
  type StoryValues,
} from "./story-rules.ts";
import { recordChange, recordCreation, recordDeletion } from "./history.ts";
import { takeSnapshot } from "./snapshots.ts";
import { allocateId, allocateOrder, allocateRef, findById, mustFind } from "./rows.ts";
import type { Project, State, User, UserStory } from "./state.ts";
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

const STORY = "userstory";

/**
 * `POST /userstories`. Validation comes before permission here.
 *
 * @throws {ApiError} as Taiga answers.
 */
export function createStory(context: Context, actor: Actor, body: field.Body): UserStory {
  const { state } = context;
  const target = findById(state.projects, Number(body["project"]));
  const values = field.readFields(body, storyFields(state, target), {
    required: STORY_REQUIRED,
    isEdit: false,
  });
  const project = mustFind(state.projects, values.project!);
  const author = verifyPermission(state, actor, project, "add_us");
  verifyWritable(project);
  const story = newStory(context, project, author);
  assignStoryColumns(story, values);
  verifyStoryReferences(state, story);
  story.version = values.version ?? 1;
  return insertStory(context, project, story, { author, values });
}

/** A story of which little is said: of bulk creation, or promoted from something else. */
export function createPlainStory(
  context: Context,
  project: Project,
  author: User,
  plain: Pick<UserStory, "subject" | "status" | "swimlane"> & Partial<UserStory>,
): UserStory {
  const story = Object.assign(newStory(context, project, author), plain);
  return insertStory(context, project, story, { author, values: {} });
}

function newStory(context: Context, project: Project, author: User): UserStory {
  const { state } = context;
  const now = context.clock();
  return {
    ...newItem(context, project, author, project.defaults.us_status),
    assigned_users: [],
    due_date: null,
    due_date_reason: "",
    milestone: null,
    swimlane: null,
    points: {},
    backlog_order: allocateOrder(state, now),
    sprint_order: allocateOrder(state, now),
    kanban_order: allocateOrder(state, now),
    is_closed: false,
    finish_date: null,
    client_requirement: false,
    team_requirement: false,
    generated_from_issue: null,
    from_task_ref: null,
  };
}

function insertStory(
  context: Context,
  project: Project,
  story: UserStory,
  { author, values }: { author: User; values: StoryValues },
): UserStory {
  const { state } = context;
  story.id = allocateId(state, "userstories");
  story.ref = allocateRef(state, project);
  // Taiga looks at the points last, so that bad ones leave a gap in the numbers.
  story.points = mergePoints(state, story, values.points ?? {});
  if (values.tags) applyTags(project, story, values.tags);
  addWatchers(state, story, [story.description]);
  state.userstories.push(story);
  settle(state, { stories: [story.id] }, toTimestamp(context.clock()));
  recordCreation(context, { kind: STORY, item: story }, author);
  return story;
}

/** A written story and the board positions that other stories got because of it. */
export interface EditedStory {
  story: UserStory;
  orderUpdated: Record<string, number>;
}

/**
 * `PATCH /userstories/{id}`. The checks come in this order: permission, validation, version,
 * then whether the project can be written and whether everything belongs to it.
 *
 * @throws {ApiError} as Taiga answers; nothing has changed then.
 */
export function editStory(
  context: Context,
  actor: Actor,
  id: number | undefined,
  body: field.Body,
): EditedStory {
  const { state } = context;
  const { story, edited, values } = checkEdit(state, actor, id, body);
  const author = mustBeUser(actor);
  const before = takeSnapshot(state, { kind: STORY, item: story });
  const old = structuredClone(story);
  const project = mustFind(state.projects, edited.project);
  if (edited.project !== old.project) edited.ref = allocateRef(state, project);
  Object.assign(story, edited);
  if (values.tags) applyTags(project, story, values.tags);
  const orderUpdated = reorderStories(context, story, old);
  carryTasks(state, story, old);
  touch(context, story);
  const now = toTimestamp(context.clock());
  settle(state, { stories: [story.id], milestones: [old.milestone] }, now);
  const comment = values.comment ?? "";
  recordChange(context, { kind: STORY, item: story }, { before, author, comment });
  const texts = [comment, values.description ?? ""];
  addWatchers(state, story, texts, comment === "" ? undefined : author);
  return { story, orderUpdated };
}

/** The story as it is and as it would be; changes nothing. */
function checkEdit(state: State, actor: Actor, id: number | undefined, body: field.Body) {
  const story = findForEdit(state, actor, { kind: STORY, id }, body);
  const project = mustFind(state.projects, story.project);
  const values = field.readFields(body, storyFields(state, project), {
    required: [...STORY_REQUIRED, "status"],
    isEdit: true,
  });
  verifyItemVersion(state, STORY, story, { version: values.version, body });
  verifyWritable(project);
  const edited = structuredClone(story);
  assignStoryColumns(edited, values);
  verifyStoryReferences(state, edited);
  verifyMove(state, actor, STORY, { from: story.project, to: edited.project });
  edited.points = mergePoints(state, edited, values.points ?? {});
  return { story, edited, values };
}

/** `DELETE`: the tasks go with their story. */
export function deleteStory(context: Context, author: User, story: UserStory): void {
  const { state } = context;
  for (const task of state.tasks.filter((row) => row.user_story === story.id)) {
    recordDeletion(context, { kind: "task", item: task }, author);
  }
  recordDeletion(context, { kind: STORY, item: story }, author);
  state.tasks = state.tasks.filter((task) => task.user_story !== story.id);
  state.userstories = state.userstories.filter((row) => row.id !== story.id);
  state.relatedStories = state.relatedStories.filter((link) => link.user_story !== story.id);
  settle(state, { milestones: [story.milestone] }, toTimestamp(context.clock()));
}

/** Moves stories to a sprint; each keeps its version, and its tasks come along. */
export function planStory(
  context: Context,
  author: User,
  story: UserStory,
  plan: { milestone: number; order: number },
): void {
  const { state } = context;
  const before = takeSnapshot(state, { kind: STORY, item: story });
  const old = structuredClone(story);
  story.milestone = plan.milestone;
  story.sprint_order = plan.order;
  carryTasks(state, story, old);
  settle(state, { stories: [story.id], milestones: [old.milestone] }, toTimestamp(context.clock()));
  recordChange(context, { kind: STORY, item: story }, { before, author, comment: "" });
}
