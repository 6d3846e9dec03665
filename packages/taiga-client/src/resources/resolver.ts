import { z } from "zod";
import { TaigaError } from "../errors.ts";
import type { Query } from "../query.ts";
import type { TaigaRequest } from "../taiga-request.ts";
import type { TaigaItemKind } from "./item-kind.ts";

/** The item that a `#ref` refers to. */
export interface ResolvedRef {
  kind: TaigaItemKind;
  id: number;
}

const Resolution = z.object({
  us: z.int().optional(),
  task: z.int().optional(),
  issue: z.int().optional(),
  epic: z.int().optional(),
  milestone: z.int().optional(),
  wikipage: z.int().optional(),
});

/** An object of a project, by its slug in URLs. */
export interface SlugInProject {
  projectSlug: string;
  slug: string;
}

export interface Resolver {
  /**
   * Finds out which kind of item a `#ref` is.
   * @returns `undefined` when the project has no such ref, or the user may not see the item.
   * @throws {TaigaError} `not_found`, `permission_denied` for the project.
   */
  resolve(wanted: { projectSlug: string; ref: number }): Promise<ResolvedRef | undefined>;
  /**
   * @returns the sprint's id; `undefined` when the sprint or the project does not exist, or the user
   *   may not see sprints.
   * @throws {TaigaError} `permission_denied` for the project.
   */
  resolveMilestone(wanted: SlugInProject): Promise<number | undefined>;
  /**
   * @returns the wiki page's id; `undefined` when the page or the project does not exist, or the user
   *   may not see wiki pages.
   * @throws {TaigaError} `permission_denied` for the project.
   */
  resolveWikiPage(wanted: SlugInProject): Promise<number | undefined>;
}

/** `/resolver` */
export function createResolver(request: TaigaRequest): Resolver {
  const ask = async (query: Query) =>
    (await request({ path: "/resolver", query, schema: Resolution })).data;
  return {
    resolve: async ({ projectSlug, ref }) => {
      const { us, task, issue, epic } = await ask({ project: projectSlug, ref });
      if (us !== undefined) return { kind: "userstory", id: us };
      if (task !== undefined) return { kind: "task", id: task };
      if (issue !== undefined) return { kind: "issue", id: issue };
      return epic === undefined ? undefined : { kind: "epic", id: epic };
    },
    resolveMilestone: async ({ projectSlug, slug }) =>
      (await ask({ project: projectSlug, milestone: slug }).catch(toNothing))?.milestone,
    resolveWikiPage: async ({ projectSlug, slug }) =>
      (await ask({ project: projectSlug, wikipage: slug }).catch(toNothing))?.wikipage,
  };
}

/** Unlike an unknown `ref`, an unknown slug is a 404. */
function toNothing(error: unknown): undefined {
  if (!(error instanceof TaigaError) || error.code !== "not_found") throw error;
}
