import { z } from "zod";
import { ToolError } from "../../errors.ts";
import { count, day, flag, listOf, mapOf, maybe, names, text } from "../../schema/fields.ts";
import { PAGE_KINDS, type PageKind } from "../../kinds.ts";

/** By what items can be found; what is left out does not matter. */
export const criteriaFields = {
  text: maybe(text(500).describe("Full text: word beginnings, and, or, not")),
  status: maybe(names.describe("Names")),
  type: maybe(names.describe("Issues'")),
  severity: maybe(names.describe("Issues'")),
  priority: maybe(names.describe("Issues'")),
  closed: maybe(flag.describe("Is it closed")),
  assigned_to: maybe(names.describe("People; me, nobody")),
  owner: maybe(names.describe("Creators")),
  watchers: maybe(names.describe("Followers")),
  role: maybe(names.describe("Roles of assignees")),
  tags: maybe(names.describe("Any of")),
  sprint: maybe(text(200).describe("Name, current, next, backlog")),
  epic: maybe(names.describe("Stories' epics, #7 or none")),
  swimlane: maybe(names.describe("Of stories, or none")),
  parent: maybe(text(200).describe("Tasks' story, #42 or none")),
  created_after: maybe(day.describe("YYYY-MM-DD, inclusive")),
  created_before: maybe(day.describe("Exclusive")),
  modified_after: maybe(day.describe("Day")),
  modified_before: maybe(day.describe("Day")),
  finished_after: maybe(day.describe("Day")),
  finished_before: maybe(day.describe("Day")),
  due_before: maybe(day.describe("Day")),
  overdue: maybe(flag.describe("Open past due")),
  blocked: maybe(flag.describe("Is it blocked")),
  unestimated: maybe(flag.describe("Stories without points")),
  custom_fields: maybe(mapOf(z.unknown()).describe("By name")),
};

export const Criteria = z.object(criteriaFields);
export type Criteria = z.output<typeof Criteria>;

/** Which kinds. */
export const kinds = listOf(z.enum(PAGE_KINDS), PAGE_KINDS.length).transform(
  (list): readonly PageKind[] => [...new Set(list)],
);

/** How many rows an answer holds. */
export const pageLimit = count(1, 100);

const PLANNED: readonly PageKind[] = ["story", "task", "issue"];
const ITEMS: readonly PageKind[] = ["story", "task", "issue", "epic"];
const ALL: readonly PageKind[] = PAGE_KINDS;

/** Which kinds can be found by a criterion; those left out here by all but wiki pages. */
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

/** The kinds meant by a search that names none: stories, unless it asks for what only others have. */
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
      `${name}: ${without.join(" and ")} cannot be found by it, only ${having.join(", ")}; set kinds to those.`,
    );
  }
}
