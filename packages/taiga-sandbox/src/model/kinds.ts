import type { Actor } from "./access.ts";
import { permissionFor, permissionsIn } from "./access.ts";
import { findById, mustFind } from "./rows.ts";
import type {
  Epic,
  Issue,
  ItemKind,
  ObjectKind,
  State,
  Status,
  Task,
  UserStory,
  WikiPage,
} from "./state.ts";

/** The row type of each kind of item. */
export interface ItemRows {
  epic: Epic;
  userstory: UserStory;
  task: Task;
  issue: Issue;
}

/** The row type of everything that has a history. */
export interface ObjectRows extends ItemRows {
  wiki: WikiPage;
}

/** The names of a kind in paths, in error messages and in the tables. */
export const KINDS = {
  epic: { path: "epics", model: "Epic", table: "epics" },
  userstory: { path: "userstories", model: "UserStory", table: "userstories" },
  task: { path: "tasks", model: "Task", table: "tasks" },
  issue: { path: "issues", model: "Issue", table: "issues" },
  wiki: { path: "wiki", model: "WikiPage", table: "wikiPages" },
} as const;

/** The four kinds that have a #number. */
export const ITEM_KINDS = ["epic", "userstory", "task", "issue"] as const;

/** Everything that has a history and attachments. */
export const OBJECT_KINDS = [...ITEM_KINDS, "wiki"] as const;

export const rowsOf = <Kind extends ObjectKind>(state: State, kind: Kind): ObjectRows[Kind][] =>
  state[KINDS[kind].table] as unknown as ObjectRows[Kind][];

export function statusesOf(state: State, kind: ItemKind): Status[] {
  const tables = {
    epic: state.epicStatuses,
    userstory: state.storyStatuses,
    task: state.taskStatuses,
    issue: state.issueStatuses,
  };
  return tables[kind];
}

/** The items of a kind that the caller may see, in all projects. */
export function visibleItems<Kind extends ItemKind>(
  state: State,
  actor: Actor,
  kind: Kind,
): ItemRows[Kind][] {
  const permission = permissionFor("view", kind);
  const visible = new Set(
    state.projects
      .filter((project) => permissionsIn(state, actor, project).has(permission))
      .map((project) => project.id),
  );
  return rowsOf(state, kind).filter((item) => visible.has(item.project));
}

/** The default order of each kind's list, which also determines an item's neighbours. */
export const DEFAULT_ORDER: {
  [Kind in ItemKind]: (a: ItemRows[Kind], b: ItemRows[Kind]) => number;
} = {
  epic: (a, b) => a.project - b.project || a.epics_order - b.epics_order || a.ref - b.ref,
  userstory: (a, b) => a.project - b.project || a.backlog_order - b.backlog_order || a.ref - b.ref,
  task: (a, b) =>
    a.project - b.project ||
    Date.parse(a.created_date) - Date.parse(b.created_date) ||
    a.ref - b.ref,
  issue: (a, b) => a.project - b.project || b.id - a.id,
};

/** The epics that a story belongs to, in the order of their links. */
export function epicsOf(state: State, story: UserStory): { epic: Epic; order: number }[] {
  return state.relatedStories
    .filter((link) => link.user_story === story.id)
    .map((link) => ({ epic: mustFind(state.epics, link.epic), order: link.order }));
}

/** A story's assignee and its other assigned users, each once, in the order of their ids. */
export function allAssignees(story: UserStory): number[] {
  const main = story.assigned_to === null ? [] : [story.assigned_to];
  return [...new Set([...main, ...story.assigned_users])].toSorted((a, b) => a - b);
}

/** The users who voted for an item, in the order of their votes. */
export const votersOf = (state: State, kind: ItemKind, id: number): number[] =>
  state.votes.filter((vote) => vote.kind === kind && vote.object === id).map((vote) => vote.user);

/** The sum of a story's points; null when no role has a value. */
export function totalPoints(state: State, story: UserStory): number | null {
  const values = Object.values(story.points)
    .map((id) => findById(state.points, id)?.value)
    .filter((value) => typeof value === "number");
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0);
}

/** The text of an item for full-text search. */
export const searchText = (item: ItemRows[ItemKind]): string =>
  [item.subject, item.tags.join(" "), item.ref, item.description].join(" ");
