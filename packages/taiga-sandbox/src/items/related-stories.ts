import {
  permissionsIn,
  refusal,
  type Actor,
  mustBeUser,
  verifyPermission,
  verifyWritable,
} from "../model/access.ts";
import { toTimestamp, type Context } from "../model/context.ts";
import { invalidFields, notFound } from "../model/errors.ts";
import * as field from "../http/fields.ts";
import { createPlainItem } from "./item-writes.ts";
import { makeRoom } from "./ordering.ts";
import { allocateId, allocateOrder, mustFind } from "../model/rows.ts";
import type { Epic, RelatedStory, State, TimelineEvent, User, UserStory } from "../model/state.ts";
import { storyRules } from "./story-rules.ts";
import { addTimelineEvent } from "../history/timeline.ts";
import { readBulk, toSubjects } from "./writes.ts";

/** The links of an epic, in their order. */
export const listRelated = (state: State, epic: Epic): RelatedStory[] =>
  state.relatedStories
    .filter((link) => link.epic === epic.id)
    .toSorted((a, b) => a.order - b.order || a.id - b.id);

/**
 * `POST /epics/{id}/related_userstories`. The epic must also be in the body, although the one in
 * the path is used. The story may belong to another project.
 *
 * @throws {ApiError} as Taiga answers.
 */
export function addRelated(
  context: Context,
  actor: Actor,
  epic: Epic,
  body: field.Body,
): RelatedStory {
  const { state } = context;
  const spec = {
    epic: field.reference(state.epics),
    user_story: field.reference(state.userstories),
    order: field.position,
  };
  const required = ["epic", "user_story"];
  const values = field.readFields(body, spec, { required, isEdit: false });
  const story = mustFind(state.userstories, values.user_story!);
  if (listRelated(state, epic).some((link) => link.user_story === story.id)) {
    const message = "Related user story with this User story and Epic already exists.";
    throw invalidFields({ __all__: [message] });
  }
  const author = verifyEpicWrite(state, actor, epic);
  // Callers who cannot see a story must not get its subject through an epic.
  const home = mustFind(state.projects, story.project);
  if (!permissionsIn(state, actor, home).has("view_us")) throw refusal(actor);
  return link(context, author, { epic, story, order: values.order });
}

/**
 * `POST /epics/{id}/related_userstories/bulk_create`: makes stories and links them.
 *
 * @throws {ApiError} as Taiga answers.
 */
export function addRelatedInBulk(
  context: Context,
  actor: Actor,
  epic: Epic,
  body: field.Body,
): void {
  const { state } = context;
  const project = readBulk(state, body, ["bulk_userstories"]);
  const author = verifyEpicWrite(state, actor, epic);
  verifyPermission(state, actor, project, "modify_epic");
  verifyPermission(state, actor, project, "add_us");
  verifyWritable(project, "blocked only");
  for (const subject of toSubjects(body["bulk_userstories"])) {
    const status = project.defaults.us_status;
    const swimlane = project.is_kanban_activated ? project.defaults.swimlane : null;
    const columns = { subject, status, swimlane };
    const story = createPlainItem(context, storyRules, { project, author }, columns);
    link(context, author, { epic, story, order: undefined });
  }
}

/**
 * `PATCH /epics/{id}/related_userstories/{story}`.
 *
 * @returns the positions that changed, by the ids of the links.
 * @throws {ApiError} as Taiga answers.
 */
export function moveRelated(
  { state }: Context,
  actor: Actor,
  related: RelatedStory,
  body: field.Body,
): Record<string, number> {
  const epic = mustFind(state.epics, related.epic);
  const spec = { order: field.position };
  const { order } = field.readFields(body, spec, { required: [], isEdit: true });
  verifyEpicWrite(state, actor, epic);
  if (order === undefined || order === related.order) return {};
  related.order = order;
  const shifted = makeRoom(listRelated(state, epic), related, "order");
  return { [String(related.id)]: order, ...shifted };
}

/**
 * `DELETE /epics/{id}/related_userstories/{story}`: both stay.
 *
 * @throws {ApiError} as Taiga answers.
 */
export function removeRelated(context: Context, actor: Actor, related: RelatedStory): void {
  const { state } = context;
  verifyEpicWrite(state, actor, mustFind(state.epics, related.epic));
  announce(context, related, { action: "delete", author: mustBeUser(actor).id });
  state.relatedStories = state.relatedStories.filter((row) => row.id !== related.id);
}

/**
 * The link that a write addresses.
 *
 * @throws {ApiError} 401 or 403 when the link is missing; 404 for superusers.
 */
export function findRelatedForWrite(
  state: State,
  actor: Actor,
  related: RelatedStory | undefined,
): RelatedStory {
  if (related !== undefined) return related;
  throw actor?.is_superuser === true ? notFound("RelatedUserStory") : refusal(actor);
}

function verifyEpicWrite(state: State, actor: Actor, epic: Epic): User {
  const project = mustFind(state.projects, epic.project);
  const author = verifyPermission(state, actor, project, "modify_epic");
  verifyWritable(project);
  return author;
}

function link(
  context: Context,
  author: User,
  { epic, story, order }: { epic: Epic; story: UserStory; order: number | undefined },
): RelatedStory {
  const { state } = context;
  const related: RelatedStory = {
    id: allocateId(state, "relatedStories"),
    epic: epic.id,
    user_story: story.id,
    order: order ?? Math.floor(allocateOrder(state, context.clock()) / 1000),
  };
  state.relatedStories.push(related);
  announce(context, related, { action: "create", author: author.id });
  return related;
}

function announce(
  context: Context,
  item: RelatedStory,
  event: Pick<TimelineEvent, "action"> & { author: number },
): void {
  const subject = { kind: "relateduserstory", item } as const;
  context.announce?.(subject, event);
  addTimelineEvent(context.state, subject, { ...event, created: toTimestamp(context.clock()) });
}
