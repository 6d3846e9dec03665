import { randomUUID } from "node:crypto";
import { toTimestamp, type Context } from "../model/context.ts";
import { labelValues } from "./history-labels.ts";
import { toReadableDiff } from "./readable-diff.ts";
import { takeSnapshot, type Recorded, type Snapshot } from "./snapshots.ts";
import type { HistoryEntry, ObjectKind, State, User } from "../model/state.ts";
import { addTimelineEvent } from "./timeline.ts";

/** Changes of only these fields are hidden. */
const ORDER_FIELDS = new Set([
  "backlog_order",
  "sprint_order",
  "kanban_order",
  "us_order",
  "taskboard_order",
  "epics_order",
]);

/** Records the creation of an object. */
export function recordCreation(context: Context, subject: Recorded, author: User): void {
  const entry = createEntry(context, subject, author, 2);
  context.state.history.push(entry);
  announce(context, subject, entry);
}

/** Records the changes since the snapshot and the comment; nothing if there are none. */
export function recordChange(
  context: Context,
  subject: Recorded,
  change: { before: Snapshot; author: User; comment: string },
): void {
  const { before, author, comment } = change;
  const diff = compareSnapshots(before, takeSnapshot(context.state, subject));
  const fields = Object.keys(diff);
  if (fields.length === 0 && comment === "") return;
  const entry: HistoryEntry = {
    ...createEntry(context, subject, author, 1),
    diff,
    values: labelValues(context.state, subject.kind, diff),
    comment,
    is_hidden: comment === "" && fields.every((field) => ORDER_FIELDS.has(field)),
  };
  context.state.history.push(entry);
  if (!entry.is_hidden) announce(context, subject, entry);
}

/** Records a deletion in the timelines and removes votes, files and custom values. Call before deleting. */
export function recordDeletion(context: Context, subject: Recorded, author: User): void {
  const { state } = context;
  addTimelineEvent(state, subject, {
    action: "delete",
    author: author.id,
    created: toTimestamp(context.clock()),
  });
  context.announce?.(subject, { action: "delete", author: author.id });
  forget(state, subject);
}

/** Removes records that belong only to the object. Its history stays, but becomes unreadable. */
function forget(state: State, { kind, item }: Recorded): void {
  const isOthers = (row: { kind: ObjectKind; object: number }): boolean =>
    row.kind !== kind || row.object !== item.id;
  for (const file of state.attachments) {
    if (!isOthers(file)) delete state.attachmentContents[file.id];
  }
  state.attachments = state.attachments.filter(isOthers);
  state.votes = state.votes.filter(isOthers);
  state.customAttributeValues = state.customAttributeValues.filter(isOthers);
}

/** Adds an entry to the timelines and tells webhooks; an edited or deleted comment is added once more. */
export function announce(context: Context, subject: Recorded, entry: HistoryEntry): void {
  const action = entry.type === 2 ? "create" : "change";
  context.announce?.(subject, {
    action,
    author: entry.user,
    ...(action === "change" && { entry }),
  });
  addTimelineEvent(context.state, subject, {
    action,
    author: entry.user,
    created: entry.created_at,
    change: {
      comment: entry.comment,
      values_diff: shorten(toReadableDiff(entry)),
      comment_edited: entry.comment_versions.length > 0,
      comment_deleted: entry.delete_comment_date !== null,
    },
  });
}

/** Timelines omit long descriptions; the history has them. */
function shorten(readable: Record<string, unknown>): Record<string, unknown> {
  const { description_html: _html, ...rest } = readable;
  return "description_diff" in rest
    ? { ...rest, description_diff: "Check the history API for the exact diff" }
    : rest;
}

/** The entries of one object, newest first, hidden ones included. */
export const listEntries = (state: State, kind: ObjectKind, id: number): HistoryEntry[] =>
  state.history.filter((entry) => entry.kind === kind && entry.object === id).toReversed();

const createEntry = (
  context: Context,
  subject: Recorded,
  author: User,
  type: 1 | 2,
): HistoryEntry => ({
  id: randomUUID(),
  kind: subject.kind,
  object: subject.item.id,
  user: author.id,
  created_at: toTimestamp(context.clock()),
  type,
  diff: {},
  values: { users: {} },
  comment: "",
  edit_comment_date: null,
  comment_versions: [],
  delete_comment_date: null,
  delete_comment_user: null,
  is_hidden: false,
});

function compareSnapshots(before: Snapshot, after: Snapshot): HistoryEntry["diff"] {
  const changed = Object.keys(after).filter(
    (field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]),
  );
  return Object.fromEntries(changed.map((field) => [field, [before[field], after[field]]]));
}
