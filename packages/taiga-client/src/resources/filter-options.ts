import { z } from "zod";
import type { TaigaRequest } from "../taiga-request.ts";
import { ITEM_PATHS } from "./item-kind.ts";
import type { TaigaItemKind } from "./item-kind.ts";
import { listOf, orNull, text } from "./schema-parts.ts";

const Option = z.object({
  /** Null for items without a value. */
  id: orNull(z.int()),
  name: text,
  count: z.int(),
});
const Person = z.object({ id: orNull(z.int()), full_name: text, count: z.int() });

/** How many items have each value; lists that the kind does not have are empty. */
export const FilterOptions = z.object({
  statuses: listOf(Option),
  types: listOf(Option),
  priorities: listOf(Option),
  severities: listOf(Option),
  roles: listOf(Option),
  tags: listOf(z.object({ name: z.string(), color: orNull(z.string()), count: z.int() })),
  owners: listOf(Person),
  assigned_to: listOf(Person),
  /** Of stories, further assignees included. */
  assigned_users: listOf(Person),
  epics: listOf(
    z.object({
      id: orNull(z.int()),
      ref: orNull(z.int()),
      subject: orNull(z.string()),
      count: z.int(),
    }),
  ),
});
export type FilterOptions = z.output<typeof FilterOptions>;

/** Counts the items of one kind in a project by their values, in one request. */
export type ReadFilterOptions = (kind: TaigaItemKind, projectId: number) => Promise<FilterOptions>;

/** `/userstories/filters_data` and its like for each kind; newer servers answer members only. */
export const createFilterOptions =
  (request: TaigaRequest): ReadFilterOptions =>
  async (kind, projectId) => {
    const path = `${ITEM_PATHS[kind]}/filters_data`;
    return (await request({ path, query: { project: projectId }, schema: FilterOptions })).data;
  };
