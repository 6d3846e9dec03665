import { randomUUID } from "node:crypto";
import { toTimestamp, type Context } from "./context.ts";
import { toHtml } from "./markup.ts";
import { findById } from "./rows.ts";
import type { HistoryEntry, ItemKind, State, Task, User, UserStory } from "./state.ts";

/** The fields of an item whose changes are recorded, at one moment. */
export type Snapshot = Record<string, unknown>;

/** Either item that this stand-in can write. */
export type Recorded = { kind: "userstory"; item: UserStory } | { kind: "task"; item: Task };

/** Changes of these alone are not worth showing. */
const ORDER_FIELDS = new Set([
  "backlog_order",
  "sprint_order",
  "kanban_order",
  "us_order",
  "taskboard_order",
]);

/**
 * What is compared. A story's assignee appears within `assigned_users` and never as
 * `assigned_to`, as in taiga-back; watchers are not recorded.
 */
export function takeSnapshot(state: State, { kind, item }: Recorded): Snapshot {
  const common = {
    subject: item.subject,
    description: item.description,
    description_html: toHtml(item.description, state.users),
    status: item.status,
    owner: item.owner,
    milestone: item.milestone,
    tags: item.tags,
    is_blocked: item.is_blocked,
    blocked_note: item.blocked_note,
    blocked_note_html: toHtml(item.blocked_note, state.users),
    due_date: item.due_date,
    due_date_reason: item.due_date_reason,
    custom_attributes: listCustomValues(state, kind, item.id),
  };
  const own =
    kind === "userstory"
      ? {
          assigned_users: allAssignees(item),
          points: item.points,
          swimlane: item.swimlane,
          is_closed: item.is_closed,
          finish_date: item.finish_date,
          backlog_order: item.backlog_order,
          sprint_order: item.sprint_order,
          kanban_order: item.kanban_order,
          client_requirement: item.client_requirement,
          team_requirement: item.team_requirement,
        }
      : {
          assigned_to: item.assigned_to,
          user_story: item.user_story,
          us_order: item.us_order,
          taskboard_order: item.taskboard_order,
          is_iocaine: item.is_iocaine,
        };
  return structuredClone({ ...common, ...own });
}

/** A story's assignee and its other assigned users, each once, in the order of their ids. */
export function allAssignees(story: UserStory): number[] {
  const main = story.assigned_to === null ? [] : [story.assigned_to];
  return [...new Set([...main, ...story.assigned_users])].toSorted((a, b) => a - b);
}

/** Writes down that an item was made. */
export function recordCreation(context: Context, { kind, item }: Recorded, author: User): void {
  context.state.history.push(createEntry(context, { kind, object: item.id, author, type: 2 }));
}

/** Writes down what changed since the snapshot, or the comment; nothing when there is neither. */
export function recordChange(
  context: Context,
  subject: Recorded,
  change: { before: Snapshot; author: User; comment: string },
): void {
  const { before, author, comment } = change;
  const diff = compareSnapshots(before, takeSnapshot(context.state, subject));
  const fields = Object.keys(diff);
  if (fields.length === 0 && comment === "") return;
  context.state.history.push({
    ...createEntry(context, { kind: subject.kind, object: subject.item.id, author, type: 1 }),
    diff,
    values: labelValues(context.state, subject.kind, diff),
    comment,
    is_hidden: comment === "" && fields.every((field) => ORDER_FIELDS.has(field)),
  });
}

/** The entries of one item, newest first, hidden ones included. */
export const listEntries = (state: State, kind: ItemKind, id: number): HistoryEntry[] =>
  state.history.filter((entry) => entry.kind === kind && entry.object === id).toReversed();

const createEntry = (
  context: Context,
  entry: { kind: ItemKind; object: number; author: User; type: 1 | 2 },
): HistoryEntry => ({
  id: randomUUID(),
  kind: entry.kind,
  object: entry.object,
  user: entry.author.id,
  created_at: toTimestamp(context.clock()),
  type: entry.type,
  diff: {},
  values: { users: {} },
  comment: "",
  is_hidden: false,
});

function compareSnapshots(before: Snapshot, after: Snapshot): HistoryEntry["diff"] {
  const changed = Object.keys(after).filter(
    (field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]),
  );
  return Object.fromEntries(changed.map((field) => [field, [before[field], after[field]]]));
}

/** The labels of all ids in a diff, because they may be renamed or deleted later. */
function labelValues(
  state: State,
  kind: Recorded["kind"],
  diff: HistoryEntry["diff"],
): HistoryEntry["values"] {
  const statuses = kind === "userstory" ? state.storyStatuses : state.taskStatuses;
  const labels: HistoryEntry["values"] = { users: {} };
  const label = (table: string, ids: unknown[], nameOf: (id: number) => string | undefined) => {
    const known = ids.filter((id) => typeof id === "number");
    labels[table] = {
      ...labels[table],
      ...Object.fromEntries(known.map((id) => [String(id), nameOf(id) ?? ""])),
    };
  };
  for (const [field, change] of Object.entries(diff)) {
    const ids = change.flat();
    if (field === "assigned_users" || field === "assigned_to" || field === "owner") {
      label("users", ids, (id) => findById(state.users, id)?.full_name);
    } else if (field === "status") {
      label("status", ids, (id) => findById(statuses, id)?.name);
    } else if (field === "milestone") {
      label("milestone", ids, (id) => findById(state.milestones, id)?.name);
    } else if (field === "swimlane") {
      label("swimlane", ids, (id) => findById(state.swimlanes, id)?.name);
    } else if (field === "user_story") {
      label("user_story", ids, (id) => {
        const story = findById(state.userstories, id);
        return story && `#${story.ref} ${story.subject}`;
      });
    } else if (field === "points") {
      const chosen = change.map((side) => side as Record<string, number>);
      label("points", chosen.flatMap(Object.values), (id) => findById(state.points, id)?.name);
      const roles = chosen.flatMap(Object.keys).map(Number);
      label("roles", roles, (id) => findById(state.roles, id)?.name);
    }
  }
  return labels;
}

function listCustomValues(state: State, kind: ItemKind, object: number): unknown[] {
  const stored = state.customAttributeValues.find(
    (row) => row.kind === kind && row.object === object,
  );
  return Object.entries(stored?.attributes_values ?? {}).flatMap(([id, value]) => {
    const attribute = state.customAttributes.find(
      (row) => row.kind === kind && row.id === Number(id),
    );
    return attribute
      ? [{ id: attribute.id, name: attribute.name, value, type: attribute.type }]
      : [];
  });
}
