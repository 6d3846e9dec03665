import { type Project } from "../projects/project-directory.ts";
import { type SortValue } from "./cursor.ts";
import { type ItemKind } from "./kinds.ts";
import { type ItemRow } from "./taiga-items.ts";

/** What lists can be sorted by. `rank` is the order that people gave by dragging. */
export const SORT_KEYS = [
  "rank",
  "created",
  "modified",
  "due",
  "subject",
  "status",
  "points",
  "votes",
] as const;
type SortKey = (typeof SORT_KEYS)[number];

/** A total order over one list: by a value, then by id. Rows without a value come last. */
export interface ItemOrder {
  valueOf(row: ItemRow, project: Project | undefined): SortValue;
  /** Negative when the first value comes first. */
  compare(one: SortValue, other: SortValue): number;
  /** Taiga's parameter for the same order; `undefined` when it cannot sort so. */
  native(kind: ItemKind): string | undefined;
  /** Filters that leave out what comes long before a value; empty when Taiga has none. */
  from(value: SortValue): Record<string, string>;
}

const VALUES: Record<SortKey, ItemOrder["valueOf"]> = {
  rank: (row) => (row.kind === "story" ? row.backlog_order : row.us_order),
  created: (row) => Date.parse(row.created_date),
  modified: (row) => Date.parse(row.modified_date),
  due: (row) => row.due_date,
  subject: (row) => row.subject.toLowerCase(),
  status: (row, project) => {
    const statuses = row.kind === "story" ? project?.us_statuses : project?.task_statuses;
    return statuses?.find(({ id }) => id === row.status)?.order ?? null;
  },
  points: (row) => (row.kind === "story" ? row.total_points : null),
  votes: (row) => row.total_voters,
};

/** Other orders of Taiga leave open what comes first among equals, or sort by its database's rules. */
const NATIVE: Partial<Record<SortKey, Record<ItemKind, string>>> = {
  rank: { story: "backlog_order", task: "us_order" },
  created: { story: "created_date", task: "created_date" },
  modified: { story: "modified_date", task: "modified_date" },
};

const DAY_MS = 24 * 60 * 60 * 1000;
const toDay = (epochMs: number): string => new Date(epochMs).toISOString().slice(0, 10);

/** @param name a sort key, with `-` before it to reverse. */
export function toOrder(name: string): ItemOrder {
  const descending = name.startsWith("-");
  const key = name.replace("-", "") as SortKey;
  const native = NATIVE[key];
  return {
    valueOf: VALUES[key],
    compare(one, other) {
      if (one === other) return 0;
      if (one === null || other === null) return one === null ? 1 : -1;
      return (one < other ? -1 : 1) * (descending ? -1 : 1);
    },
    native: (kind) => native && `${descending ? "-" : ""}${native[kind]}`,
    from(value) {
      if ((key !== "created" && key !== "modified") || typeof value !== "number") return {};
      return descending
        ? { [`${key}_date__lt`]: toDay(value + DAY_MS) }
        : { [`${key}_date__gte`]: toDay(value) };
    },
  };
}

/** Whether a name is a sort key, with or without `-`. */
export const isSortName = (name: string): boolean =>
  SORT_KEYS.some((key) => name === key || name === `-${key}`);
