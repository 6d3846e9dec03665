import { z } from "zod";
import { TaigaError } from "../errors.ts";
import { readPage, readPages } from "../pagination.ts";
import type { Page, PageRequest } from "../pagination.ts";
import type { FilterValue, Query } from "../query.ts";
import type { TaigaRequest } from "../taiga-request.ts";

/** A project by its id or its slug. */
export type ProjectKey = { projectId: number } | { projectSlug: string };

/** What a new item is made of; Taiga's project defaults stand in for the rest. */
export type NewItem<Changes> = Omit<Changes, "project" | "subject" | "comment"> & {
  project: number;
  subject: string;
};

/** Filters by Taiga's names; a list means any of its members. */
export type FilterOf<Name extends string> = { [Key in Name]?: FilterValue | undefined };

/** Both the filter and its opposite. */
export type WithExclude<Name extends string> = Name | `exclude_${Name}`;

/** On a day, before or after it: `YYYY-MM-DD`; anything else makes Taiga fail. */
export type DateFilter<Name extends string> = Name | `${Name}__${"lt" | "gt" | "lte" | "gte"}`;

/** Fields to change; those left out or `undefined` stay as they are. */
export type ChangesOf<Fields> = { [Name in keyof Fields]?: Fields[Name] | undefined };

/** What user stories and tasks, and all items with a `#ref`, have in common. */
export interface ItemResource<Row, Item, Filter, Changes> {
  /**
   * One page of a list; rows have no description.
   * @throws {TaigaError} `not_found` beyond the last page.
   */
  list(filter: Filter, page?: PageRequest): Promise<Page<Row>>;
  /** All pages of a list, each requested when the one before was used. */
  listAll(filter: Filter): AsyncIterable<Page<Row>>;
  getById(id: number): Promise<Item>;
  /** `ref` is the #number people read. */
  getByRef(project: ProjectKey, ref: number): Promise<Item>;
  create(values: NewItem<Changes>): Promise<Item>;
  /**
   * Changes what is named and nothing else (PATCH). `version` is the one the caller saw.
   * @throws {TaigaError} `version_conflict` when someone changed one of these fields since then;
   *   `permission_denied` also when there is no such item.
   */
  update(id: number, changes: Changes & { version: number }): Promise<Item>;
}

/** Where an item lives in the API, and what it looks like there. */
export interface ItemDescription<Row extends z.ZodType, Item extends z.ZodType, Filter> {
  path: "/userstories" | "/tasks";
  row: Row;
  item: Item;
  toQuery: (filter: Filter) => Query;
}

/** The calls that are alike for every kind of item. */
export function createItemResource<
  Row extends z.ZodType,
  Item extends z.ZodType,
  Filter,
  Changes extends object,
>(
  request: TaigaRequest,
  { path, row, item, toQuery }: ItemDescription<Row, Item, Filter>,
): ItemResource<z.output<Row>, z.output<Item>, Filter, Changes> {
  const list = (filter: Filter) => ({ path, query: toQuery(filter), schema: row });
  return {
    list: (filter, page = {}) => readPage(request, list(filter), page),
    listAll: (filter) => readPages(request, list(filter)),
    getById: async (id) => (await request({ path: `${path}/${id}`, schema: item })).data,
    getByRef: async (project, ref) => {
      const query =
        "projectId" in project
          ? { ref, project: project.projectId }
          : { ref, project__slug: project.projectSlug };
      return (await request({ path: `${path}/by_ref`, query, schema: item })).data;
    },
    create: async (values) =>
      (await request({ method: "POST", path, body: values, schema: item })).data,
    update: async (id, changes) =>
      (await request({ method: "PATCH", path: `${path}/${id}`, body: changes, schema: item })).data,
  };
}

/**
 * Subjects as the bulk endpoints take them, one a line.
 * @throws {TaigaError} `validation_failed` for what Taiga would drop or split: then the answer
 *   would no longer match the list that was asked for.
 */
export function toBulkLines(subjects: readonly string[]): string {
  const bad = subjects.findIndex((subject) => subject.trim() === "" || /[\n\r]/.test(subject));
  if (subjects.length > 0 && bad === -1) return subjects.join("\n");
  const rule =
    subjects.length === 0
      ? "must hold at least one subject"
      : `number ${bad + 1} must be one line that is not blank`;
  throw new TaigaError("validation_failed", `subjects: ${rule}`, { fields: { subjects: [rule] } });
}
