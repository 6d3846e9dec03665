import { z } from "zod";
import { readPage, readPages } from "../pagination.ts";
import type { Page, PageRequest } from "../pagination.ts";
import type { TaigaRequest } from "../taiga-request.ts";
import type { ChangesOf } from "./item-changes.ts";
import { flag, noContent, orNull, ProjectSummary, text, timestamp } from "./schema-parts.ts";

/** A page of a project's wiki, in lists too with its whole content. */
export const WikiPage = z.object({
  id: z.int(),
  project: z.int(),
  project_extra_info: orNull(ProjectSummary),
  /** Its name in URLs and links; `home` is the start page of a wiki. */
  slug: z.string(),
  /** Markdown. */
  content: text,
  /** Counts the edits; an update sends the one it is based on. */
  version: z.int(),
  owner: orNull(z.int()),
  last_modifier: orNull(z.int()),
  /** How many times the page was saved, including the first time. */
  editions: orNull(z.int()),
  created_date: timestamp,
  modified_date: timestamp,
  is_watcher: flag,
  total_watchers: orNull(z.int()),
});
export type WikiPage = z.output<typeof WikiPage>;

/** A new page. */
export interface NewWikiPage {
  project: number;
  /** Letters and digits of any language, `_` and `-`; unique in its project. */
  slug: string;
  /** Markdown. */
  content: string;
}

/** What can be changed on a page. */
export type WikiPageChanges = ChangesOf<
  Omit<NewWikiPage, "project"> & {
    watchers: readonly number[];
    /** Added to the history; alone (with `version`) it needs only the right to comment. */
    comment: string;
  }
>;

export interface WikiPages {
  /**
   * One page of the list, sorted by slug. Taiga renders every wiki page that it lists.
   * @throws {TaigaError} `not_found` beyond the last page.
   */
  list(filter: { projectId: number }, page?: PageRequest): Promise<Page<WikiPage>>;
  /** All parts of the list, each requested after the previous one was consumed. */
  listAll(filter: { projectId: number }): AsyncIterable<Page<WikiPage>>;
  getById(id: number): Promise<WikiPage>;
  getBySlug(projectId: number, slug: string): Promise<WikiPage>;
  /** @throws {TaigaError} `validation_failed` for a slug that is taken or malformed. */
  create(values: NewWikiPage): Promise<WikiPage>;
  /**
   * Changes only the given fields (PATCH). `version` is the version that the caller read.
   * @throws {TaigaError} `version_conflict` when someone changed one of these fields since then;
   *   `permission_denied` also when there is no such page.
   */
  update(id: number, changes: WikiPageChanges & { version: number }): Promise<WikiPage>;
  /** @throws {TaigaError} `permission_denied` also when there is no such page, or no longer. */
  delete(id: number): Promise<void>;
  /** Renders Markdown as a page of the project would show it. @returns HTML */
  render(projectId: number, content: string): Promise<string>;
}

/** `/wiki` */
export function createWikiPages(request: TaigaRequest): WikiPages {
  const path = "/wiki";
  const schema = WikiPage;
  const list = ({ projectId }: { projectId: number }) => ({
    path,
    query: { project: projectId },
    schema,
  });
  return {
    list: (filter, page = {}) => readPage(request, list(filter), page),
    listAll: (filter) => readPages(request, list(filter)),
    getById: async (id) => (await request({ path: `${path}/${id}`, schema })).data,
    getBySlug: async (projectId, slug) => {
      const query = { slug, project: projectId };
      return (await request({ path: `${path}/by_slug`, query, schema })).data;
    },
    create: async (values) => (await request({ method: "POST", path, body: values, schema })).data,
    update: async (id, changes) =>
      (await request({ method: "PATCH", path: `${path}/${id}`, body: changes, schema })).data,
    delete: async (id) => {
      await request({ method: "DELETE", path: `${path}/${id}`, schema: noContent });
    },
    render: async (projectId, content) => {
      const body = { project_id: projectId, content };
      const html = z.object({ data: z.string() });
      const call = { method: "POST", path: `${path}/render`, body } as const;
      return (await request({ ...call, schema: html })).data.data;
    },
  };
}
