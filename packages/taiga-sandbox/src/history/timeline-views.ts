import { toHtml } from "../model/markup.ts";
import { mustFind } from "../model/rows.ts";
import type { State, TimelineEvent, TimelineKind } from "../model/state.ts";
import { TYPE_NAMES } from "./timeline.ts";
import { toUserExtraInfo } from "../projects/user-views.ts";

/** The ids of the tables in Taiga's database. */
const CONTENT_TYPES: Record<TimelineKind | "user", number> = {
  user: 6,
  project: 15,
  membership: 16,
  milestone: 38,
  epic: 47,
  relateduserstory: 48,
  userstory: 53,
  task: 56,
  issue: 59,
  wiki: 62,
};

/** One row of a timeline: an event as shown to the project or to one user. */
export interface TimelineRow {
  event: TimelineEvent;
  /** Undefined for the project's row. */
  person: number | undefined;
}

/** The id of a row; the project's row precedes those of the users. */
export const toRowId = ({ event, person }: TimelineRow): number =>
  event.id + (person === undefined ? 0 : event.people.indexOf(person) + 1);

/** A row of `/timeline/…`. */
export function toTimelineEntry(state: State, row: TimelineRow) {
  const { event, person } = row;
  const { id, name, slug, description } = mustFind(state.projects, event.project);
  return {
    data: {
      ...event.about,
      user: toActor(state, event.user),
      project: { id, name, slug, description },
      ...(event.change !== null && {
        values_diff: event.change.values_diff,
        comment: event.change.comment,
        comment_html: toHtml(event.change.comment, state.users),
        ...(event.change.comment_edited && { comment_edited: true }),
        ...(event.change.comment_deleted && { comment_deleted: true }),
      }),
    },
    id: toRowId(row),
    content_type: CONTENT_TYPES[person === undefined ? "project" : "user"],
    object_id: person ?? event.project,
    namespace: person === undefined ? `project:${event.project}` : `user:${event.user}`,
    event_type: `${TYPE_NAMES[event.kind]}.${event.action}`,
    project: event.project,
    data_content_type: CONTENT_TYPES[event.kind],
    created: event.created,
  };
}

function toActor(state: State, userId: number) {
  const { username, full_name_display, gravatar_id } = toUserExtraInfo(state, userId)!;
  return {
    id: userId,
    name: full_name_display,
    photo: null,
    big_photo: null,
    gravatar_id,
    username,
    is_profile_visible: true,
    date_joined: mustFind(state.users, userId).date_joined,
  };
}
