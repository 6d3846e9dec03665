import { z } from "zod";
import { ToolError } from "../../errors.ts";
import { count, day, flag, listOf, mapOf, maybe, names, text } from "../../schema/fields.ts";
import { PAGE_KINDS, type PageKind } from "../../kinds.ts";

/** Filters; an item must match all that are given. */
export const criteriaFields = {
  text: maybe(text(500).describe("Words or beginnings of words; and, or, not")),
  status: maybe(names.describe("Status names")),
  type: maybe(names.describe("Issue types")),
  severity: maybe(names.describe("Issue severities")),
  priority: maybe(names.describe("Issue priorities")),
  closed: maybe(flag.describe("Whether it is closed")),
  assigned_to: maybe(names.describe("User names, me or nobody")),
  owner: maybe(names.describe("Who created it")),
  watchers: maybe(names.describe("Who follows it")),
  role: maybe(names.describe("Roles of the assignee")),
  tags: maybe(names.describe("Tag names")),
  sprint: maybe(text(200).describe("Name, current, next, last or backlog")),
  epic: maybe(names.describe("Epics of stories: #7, or none")),
  swimlane: maybe(names.describe("Swimlanes of stories, or none")),
  parent: maybe(text(200).describe("Story of tasks: #42, or none")),
  created_after: maybe(day.describe("YYYY-MM-DD or later")),
  created_before: maybe(day.describe("Before YYYY-MM-DD")),
  modified_after: maybe(day.describe("As created_after")),
  modified_before: maybe(day.describe("As created_before")),
  finished_after: maybe(day.describe("As created_after")),
  finished_before: maybe(day.describe("As created_before")),
  due_before: maybe(day.describe("As created_before")),
  overdue: maybe(flag.describe("Open after the due date")),
  blocked: maybe(flag.describe("Whether it is blocked")),
  unestimated: maybe(flag.describe("Stories without points")),
  custom_fields: maybe(mapOf(z.unknown()).describe('{"Name": value}')),
};

export const Criteria = z.object(criteriaFields);
export type Criteria = z.output<typeof Criteria>;

/** The kinds to search. */
export const kinds = listOf(z.enum(PAGE_KINDS), PAGE_KINDS.length).transform(
  (list): readonly PageKind[] => [...new Set(list)],
);

/** The number of rows in an answer. */
export const pageLimit = count(1, 100);

const PLANNED: readonly PageKind[] = ["story", "task", "issue"];
const ITEMS: readonly PageKind[] = ["story", "task", "issue", "epic"];
const ALL: readonly PageKind[] = PAGE_KINDS;

/** The kinds to which a filter applies; unlisted filters apply to all kinds except wiki pages. */
const KINDS_WITH: { [Name in keyof Criteria]?: readonly PageKind[] } = {
  text: ALL,
  created_after: ALL,
  created_before: ALL,
  modified_after: ALL,
  modified_before: ALL,
  sprint: PLANNED,
  role: PLANNED,
  due_before: PLANNED,
  overdue: PLANNED,
  finished_after: PLANNED,
  finished_before: PLANNED,
  epic: ["story"],
  swimlane: ["story"],
  unestimated: ["story"],
  parent: ["task"],
  type: ["issue"],
  severity: ["issue"],
  priority: ["issue"],
};

const given = (criteria: Criteria): (keyof Criteria)[] =>
  (Object.keys(criteria) as (keyof Criteria)[]).filter((name) => criteria[name] !== undefined);

/** The kinds to search by default: stories, unless a filter applies only to other kinds. */
export function defaultKinds(criteria: Criteria): readonly PageKind[] {
  const own = given(criteria).map((name) => KINDS_WITH[name]);
  return own.find((list) => list?.length === 1) ?? ["story"];
}

/** @throws {ToolError} `invalid_argument` for a criterion that one of the kinds does not have. */
export function verifyCriteria(criteria: Criteria, wanted: readonly PageKind[]): void {
  for (const name of given(criteria)) {
    const having = KINDS_WITH[name] ?? ITEMS;
    const without = wanted.filter((kind) => !having.includes(kind));
    if (without.length === 0) continue;
    throw new ToolError(
      "invalid_argument",
      `${name}: ${without.join(" and ")} cannot be filtered by it, only ${having.join(", ")}; set kinds to those.`,
    );
  }
}
