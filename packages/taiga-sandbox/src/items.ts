import type { Actor } from "./access.ts";
import { permissionFor, permissionsIn } from "./access.ts";
import { findById, mustFind } from "./rows.ts";
import type { Issue, ItemKind, Epic, State, Status, Task, UserStory } from "./state.ts";

/** The row type of each kind of item. */
export interface ItemRows {
  epic: Epic;
  userstory: UserStory;
  task: Task;
  issue: Issue;
}

/** What a kind is called in paths, in error messages and in search answers. */
export const KINDS = {
  epic: { path: "epics", model: "Epic", table: "epics" },
  userstory: { path: "userstories", model: "UserStory", table: "userstories" },
  task: { path: "tasks", model: "Task", table: "tasks" },
  issue: { path: "issues", model: "Issue", table: "issues" },
} as const;

export const rowsOf = <Kind extends ItemKind>(state: State, kind: Kind): ItemRows[Kind][] =>
  state[KINDS[kind].table] as unknown as ItemRows[Kind][];

export function statusesOf(state: State, kind: ItemKind): Status[] {
  const tables = {
    epic: state.epicStatuses,
    userstory: state.storyStatuses,
    task: state.taskStatuses,
    issue: state.issueStatuses,
  };
  return tables[kind];
}

/** The items of a kind that somebody may see, in all projects. */
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

/** The default order of each kind's list, which also decides what an item's neighbours are. */
export const DEFAULT_ORDER: {
  [Kind in ItemKind]: (a: ItemRows[Kind], b: ItemRows[Kind]) => number;
} = {
  epic: (a, b) => a.project - b.project || a.epics_order - b.epics_order || a.ref - b.ref,
  userstory: (a, b) => a.project - b.project || a.backlog_order - b.backlog_order || a.ref - b.ref,
  task: (a, b) =>
    a.project - b.project || a.created_date.localeCompare(b.created_date) || a.ref - b.ref,
  issue: (a, b) => a.project - b.project || b.id - a.id,
};

/** The epics that a story belongs to, in the order of their links. */
export function epicsOf(state: State, story: UserStory): { epic: Epic; order: number }[] {
  return state.relatedStories
    .filter((link) => link.user_story === story.id)
    .map((link) => ({ epic: mustFind(state.epics, link.epic), order: link.order }));
}

/** The sum of a story's points; null when no role has a value. */
export function totalPoints(state: State, story: UserStory): number | null {
  const values = Object.values(story.points)
    .map((id) => findById(state.points, id)?.value)
    .filter((value) => typeof value === "number");
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0);
}

/** What the full-text search reads of an item. */
export const searchText = (item: ItemRows[ItemKind]): string =>
  [item.subject, item.tags.join(" "), item.ref, item.description].join(" ");
