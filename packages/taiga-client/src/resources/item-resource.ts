import type { z } from "zod";
import { readPage, readPages } from "../pagination.ts";
import type { Page, PageRequest } from "../pagination.ts";
import type { Query } from "../query.ts";
import type { TaigaRequest } from "../taiga-request.ts";
import type { NewItem } from "./item-changes.ts";
import type { ITEM_PATHS, TaigaItemKind } from "./item-kind.ts";
import { noContent } from "./schema-parts.ts";

/** A project by its id or its slug. */
export type ProjectKey = { projectId: number } | { projectSlug: string };

/** What can be done with items of every kind that has a `#ref`. */
export interface ItemResource<Row, Item, Filter, Changes> {
  /**
   * One page of a list; rows have no description.
   * @throws {TaigaError} `not_found` beyond the last page.
   */
  list(filter: Filter, page?: PageRequest): Promise<Page<Row>>;
  /** All pages of a list, each requested after the previous one was consumed. */
  listAll(filter: Filter): AsyncIterable<Page<Row>>;
  getById(id: number): Promise<Item>;
  /** `ref` is the #number people read. */
  getByRef(project: ProjectKey, ref: number): Promise<Item>;
  create(values: NewItem<Changes>): Promise<Item>;
  /**
   * Changes only the given fields (PATCH). `version` is the version that the caller read.
   * @throws {TaigaError} `version_conflict` when someone changed one of these fields since then;
   *   `permission_denied` also when there is no such item.
   */
  update(id: number, changes: Changes & { version: number }): Promise<Item>;
  /**
   * Deletes permanently; Taiga has no trash.
   * @throws {TaigaError} `permission_denied` also when there is no such item, or no longer.
   */
  delete(id: number): Promise<void>;
}

/** An item kind's path in the API and its schemas. */
export interface ItemDescription<Row extends z.ZodType, Item extends z.ZodType, Filter> {
  path: (typeof ITEM_PATHS)[TaigaItemKind];
  row: Row;
  item: Item;
  toQuery: (filter: Filter) => Query;
}

/** The calls that every kind of item shares. */
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
    delete: async (id) => {
      await request({ method: "DELETE", path: `${path}/${id}`, schema: noContent });
    },
  };
}
