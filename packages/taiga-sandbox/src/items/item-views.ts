import type { Actor } from "../model/access.ts";
import type { Context } from "../model/context.ts";
import { statusesOf, votersOf, type ItemRows } from "../model/kinds.ts";
import { toHtml } from "../model/markup.ts";
import { mustFind } from "../model/rows.ts";
import type { Epic, Issue, ItemKind, State, Task, UserStory } from "../model/state.ts";
import { toBasicAttachments } from "./attachment-views.ts";
import {
  toEpicFields,
  toIssueFields,
  toStatusExtraInfo,
  toStoryFields,
  toTaskFields,
} from "./item-fields.ts";
import { toProjectExtraInfo } from "../projects/project-views.ts";
import { toUserExtraInfo } from "../projects/user-views.ts";

/** The caller, and whether to include the files. */
interface Viewer {
  actor: Actor;
  withAttachments: boolean;
}

/** A row of a list: all fields except the long texts. */
export function toItemRow<Kind extends ItemKind>(
  context: Context,
  kind: Kind,
  item: ItemRows[Kind],
  viewer: Viewer,
): Record<string, unknown> {
  const common = toCommon(context.state, kind, item, viewer);
  const own = {
    epic: () => toEpicFields(context.state, item as Epic),
    userstory: () => toStoryFields(context, item as UserStory),
    task: () => toTaskFields(context, item as Task),
    issue: () => toIssueFields(context, item as Issue),
  };
  return { ...common, ...own[kind]() };
}

/** The answer to a write: the row and the long texts. */
export function toItemDetail<Kind extends ItemKind>(
  context: Context,
  kind: Kind,
  item: ItemRows[Kind],
  actor: Actor,
  withAttachments = false,
): Record<string, unknown> {
  const { users } = context.state;
  return {
    ...toItemRow(context, kind, item, { actor, withAttachments }),
    comment: "",
    ...(kind === "task" && { generated_user_stories: null }),
    ...(kind === "issue" && { generated_user_stories: toPromoted(context.state, item.id) }),
    blocked_note_html: toHtml(item.blocked_note, users),
    description: item.description,
    description_html: toHtml(item.description, users),
  };
}

/** The stories promoted from an issue; null instead of an empty list. */
function toPromoted(state: State, issueId: number) {
  const stories = state.userstories
    .filter((story) => story.generated_from_issue === issueId)
    .map(({ id, ref, subject }) => ({ id, ref, subject }));
  return stories.length === 0 ? null : stories;
}

/** The items before and after one in the default order of its project. */
export function toNeighbors(ordered: readonly ItemRows[ItemKind][], item: ItemRows[ItemKind]) {
  const index = ordered.findIndex((row) => row.id === item.id);
  const toNeighbor = (row: ItemRows[ItemKind] | undefined) =>
    row === undefined ? null : { id: row.id, ref: row.ref, subject: row.subject };
  return {
    previous: toNeighbor(index > 0 ? ordered[index - 1] : undefined),
    next: toNeighbor(index < 0 ? undefined : ordered[index + 1]),
  };
}

function toCommon(
  state: State,
  kind: ItemKind,
  item: ItemRows[ItemKind],
  { actor, withAttachments }: Viewer,
) {
  const { tags_colors } = mustFind(state.projects, item.project);
  const voters = votersOf(state, kind, item.id);
  // Only single items have the long text; epics omit the reference.
  const { description: _text, external_reference: _reference, ...columns } = item;
  return {
    ...columns,
    project_extra_info: toProjectExtraInfo(state, item.project),
    tags: item.tags.map((tag) => [tag, tags_colors[tag] ?? null]),
    attachments: withAttachments ? toBasicAttachments(state, kind, item.id) : [],
    status_extra_info: toStatusExtraInfo(state, kind, item.status),
    is_closed: mustFind(statusesOf(state, kind), item.status).is_closed,
    assigned_to_extra_info: toUserExtraInfo(state, item.assigned_to),
    owner_extra_info: toUserExtraInfo(state, item.owner),
    is_watcher: actor !== null && item.watchers.includes(actor.id),
    total_watchers: item.watchers.length,
    is_voter: actor !== null && voters.includes(actor.id),
    total_voters: voters.length,
  };
}
