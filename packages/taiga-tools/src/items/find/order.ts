import { type Project } from "../../projects/project-directory.ts";
import { type SortValue } from "../../schema/cursor.ts";
import { type PageKind, TAIGA_WORDS } from "../../kinds.ts";
import { type Row } from "../rows.ts";
import { type ItemRow } from "../taiga-items.ts";

/** What lists can be sorted by. `rank` is the order that users set by dragging. */
export const SORT_KEYS = [
  "rank",
  "created",
  "modified",
  "due",
  "subject",
  "status",
  "priority",
  "severity",
  "points",
  "votes",
] as const;
type SortKey = (typeof SORT_KEYS)[number];

/** A total order over one list: by a value, then by id. Rows without a value come last. */
export interface ItemOrder {
  valueOf(row: Row, project: Project | undefined): SortValue;
  /** Negative when the first value comes first. */
  compare(one: SortValue, other: SortValue): number;
  /** Taiga's parameter for the same order; `undefined` if Taiga does not support it. */
  native(kind: PageKind): string | undefined;
  /** Filters that skip the rows before a value; empty if Taiga has no such filter. */
  from(value: SortValue): Record<string, string>;
  /** Whether values of one list say nothing about another: lists follow one another. */
  isOfOneList: boolean;
}

type ValueOf<OfRow> = (row: OfRow, project: Project | undefined) => SortValue;

const VALUES: Record<SortKey, ValueOf<ItemRow>> = {
  rank: toRank,
  created: (row) => Date.parse(row.created_date),
  modified: (row) => Date.parse(row.modified_date),
  due: (row) => row.due_date,
  subject: (row) => row.subject.toLowerCase(),
  status: (row, project) => orderOf(project?.[TAIGA_WORDS[row.kind].statuses], row.status),
  priority: (row, project) =>
    row.kind === "issue" ? orderOf(project?.priorities, row.priority) : null,
  severity: (row, project) =>
    row.kind === "issue" ? orderOf(project?.severities, row.severity) : null,
  points: (row) => (row.kind === "story" ? row.total_points : null),
  votes: (row) => row.total_voters,
};

/** The sort values of a wiki page; under all other keys, pages are equal. */
const PAGE_VALUES: Partial<Record<SortKey, ValueOf<Row & { kind: "wiki" }>>> = {
  rank: (page) => page.slug,
  created: (page) => Date.parse(page.created_date),
  modified: (page) => Date.parse(page.modified_date),
  subject: (page) => page.slug,
};

function toRank(row: ItemRow): SortValue {
  if (row.kind === "story") return row.backlog_order;
  if (row.kind === "task") return row.us_order;
  // Users do not order issues by hand.
  return row.kind === "epic" ? row.epics_order : row.ref;
}

const orderOf = (
  choices: readonly { id: number; order: number | null }[] | undefined,
  chosen: number | null,
): SortValue => choices?.find(({ id }) => id === chosen)?.order ?? null;

const byDate = (name: string) => ({ story: name, task: name, issue: name });

/**
 * The orders of Taiga that are usable. Its others do not define an order among equal rows, or use
 * the collation of its database; Taiga cannot sort epics and wiki pages at all.
 */
const NATIVE: Partial<Record<SortKey, Partial<Record<PageKind, string>>>> = {
  rank: { story: "backlog_order", task: "us_order", issue: "ref" },
  created: byDate("created_date"),
  modified: byDate("modified_date"),
};

/** Taiga's filters by date also take a moment; its answers leave microseconds out. */
const toMoment = (epochMs: number): string => new Date(epochMs).toISOString();

/** @param name a sort key; a leading `-` reverses the order. */
export function toOrder(name: string): ItemOrder {
  const descending = name.startsWith("-");
  const key = name.replace("-", "") as SortKey;
  const native = NATIVE[key];
  return {
    valueOf: (row, project) =>
      row.kind === "wiki" ? (PAGE_VALUES[key]?.(row, project) ?? null) : VALUES[key](row, project),
    compare(one, other) {
      if (one === other) return 0;
      if (one === null || other === null) return one === null ? 1 : -1;
      return (one < other ? -1 : 1) * (descending ? -1 : 1);
    },
    native: (kind) => native?.[kind] && `${descending ? "-" : ""}${native[kind]}`,
    from(value) {
      if ((key !== "created" && key !== "modified") || typeof value !== "number") return {};
      return descending
        ? { [`${key}_date__lt`]: toMoment(value + 1) }
        : { [`${key}_date__gte`]: toMoment(value) };
    },
    isOfOneList: key === "rank",
  };
}

/** Whether a project defines the order itself, so that it does not hold across projects. */
export const isOfProject = (name: string): boolean =>
  ["status", "priority", "severity"].includes(name.replace("-", ""));

/** Whether a name is a sort key, with or without a leading `-`. */
export const isSortName = (name: string): boolean =>
  SORT_KEYS.some((key) => name === key || name === `-${key}`);
