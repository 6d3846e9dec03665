import { z } from "zod";
import type { TaigaRequest } from "../taiga-request.ts";
import type { ChangesOf } from "./item-changes.ts";
import { noContent, orNull } from "./schema-parts.ts";

/** An entry of a wiki's menu. */
export const WikiLink = z.object({
  id: z.int(),
  project: z.int(),
  title: z.string(),
  /** Slug of the page that it leads to; does not change with the title. */
  href: z.string(),
  order: orNull(z.number()),
});
export type WikiLink = z.output<typeof WikiLink>;

/** The menu of a wiki. Links have no version. */
export interface WikiLinks {
  list(projectId: number): Promise<WikiLink[]>;
  getById(id: number): Promise<WikiLink>;
  /** Taiga makes `href` from the title, and an empty page there if the user may add pages. */
  create(values: { project: number; title: string; order?: number | undefined }): Promise<WikiLink>;
  /** Changes only the given fields (PATCH). */
  update(id: number, changes: ChangesOf<{ title: string; order: number }>): Promise<WikiLink>;
  /** Deletes the link and keeps the page. */
  delete(id: number): Promise<void>;
}

/** `/wiki-links` */
export function createWikiLinks(request: TaigaRequest): WikiLinks {
  const path = "/wiki-links";
  const schema = WikiLink;
  return {
    list: async (projectId) => {
      const query = { project: projectId };
      return (await request({ path, query, wholeList: true, schema: z.array(schema) })).data;
    },
    getById: async (id) => (await request({ path: `${path}/${id}`, schema })).data,
    create: async (values) => (await request({ method: "POST", path, body: values, schema })).data,
    update: async (id, changes) =>
      (await request({ method: "PATCH", path: `${path}/${id}`, body: changes, schema })).data,
    delete: async (id) => {
      await request({ method: "DELETE", path: `${path}/${id}`, schema: noContent });
    },
  };
}
