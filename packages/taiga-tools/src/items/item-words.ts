import { type Project } from "../projects/project-directory.ts";
import { toOneLine } from "../text/clean.ts";
import { ISSUE_CHOICES, type IssueChoice } from "../kinds.ts";
import { type Row } from "./rows.ts";
import { type ItemRow } from "./taiga-items.ts";

/** Whether an item is open and its due date has passed. */
export const isOverdue = (row: ItemRow, today: string): boolean =>
  row.due_date !== null && row.due_date < today && !row.is_closed;

/** Ids of the assignees, the main assignee first. */
export function assigneeIds(row: ItemRow): number[] {
  const main = row.assigned_to === null ? [] : [row.assigned_to];
  return row.kind === "story" ? [...new Set([...main, ...row.assigned_users])] : main;
}

/** The people of a row whose names it does not contain. */
export function unnamedPeople(row: Row): number[] {
  if (row.kind !== "wiki") return assigneeIds(row).filter((id) => id !== row.assigned_to);
  const author = row.last_modifier ?? row.owner;
  return author === null ? [] : [author];
}

/** The name of a row's sprint, if it is in one. */
export function toSprintName(row: ItemRow, project: Project | undefined): string | undefined {
  if (row.milestone === null) return undefined;
  const known = project?.milestones.find(({ id }) => id === row.milestone)?.name;
  const ownName =
    row.kind === "story"
      ? row.milestone_name
      : row.kind === "task"
        ? row.milestone_slug
        : undefined;
  return toOneLine(known ?? ownName ?? `sprint ${row.milestone}`);
}

/** The name of a story's swimlane, if it is in one. */
export function toSwimlaneName(row: ItemRow, project: Project | undefined): string | undefined {
  if (row.kind !== "story" || row.swimlane === null) return undefined;
  const known = project?.swimlanes.find(({ id }) => id === row.swimlane)?.name;
  return toOneLine(known ?? `swimlane ${row.swimlane}`);
}

/** The name of an issue's type, severity or priority. */
export function toChoiceName(
  row: ItemRow,
  choice: IssueChoice,
  project: Project | undefined,
): string | undefined {
  if (row.kind !== "issue") return undefined;
  const name = project?.[ISSUE_CHOICES[choice]].find(({ id }) => id === row[choice])?.name;
  return name === undefined ? undefined : toOneLine(name);
}

/** How many stories an epic has, and the percentage done: `8, 62% done`. */
export function toStoryCount({ user_stories_counts: counts }: ItemRow & { kind: "epic" }): string {
  if (counts === null || counts.total === 0) return "0";
  const done = Math.round((100 * (counts.progress ?? 0)) / counts.total);
  return `${counts.total}, ${done}% done`;
}

/** When an item was last closed; `null` for open items and for epics. */
export function toFinished(row: ItemRow): string | null {
  if (row.kind === "epic") return null;
  return row.kind === "story" ? row.finish_date : row.finished_date;
}
