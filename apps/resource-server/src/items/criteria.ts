import { z } from "zod";
import { count, day, flag, listOf, mapOf, maybe, names, text } from "../mcp/fields.ts";
import { ITEM_KINDS, type ItemKind } from "./kinds.ts";

/** By what items can be found; what is left out does not matter. */
export const criteriaFields = {
  text: maybe(text(500).describe("Full text: word beginnings, and, or, not")),
  status: maybe(names.describe("Names")),
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

/** Which kinds; stories unless told. */
export const kinds = listOf(z.enum(ITEM_KINDS), ITEM_KINDS.length).transform(
  (list): readonly ItemKind[] => (list.length === 0 ? ["story"] : [...new Set(list)]),
);

/** How many rows an answer holds. */
export const pageLimit = count(1, 100);
