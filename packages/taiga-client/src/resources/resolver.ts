import { z } from "zod";
import type { TaigaRequest } from "../taiga-request.ts";

/** What a `#ref` stands for. */
export interface ResolvedRef {
  kind: "userstory" | "task" | "issue" | "epic";
  id: number;
}

const Resolution = z.object({
  us: z.int().optional(),
  task: z.int().optional(),
  issue: z.int().optional(),
  epic: z.int().optional(),
});

export interface Resolver {
  /**
   * Finds out which kind of item a `#ref` is.
   * @returns `undefined` when the project has no such ref, or the user may not see the item.
   * @throws {TaigaError} `not_found`, `permission_denied` for the project.
   */
  resolve(wanted: { projectSlug: string; ref: number }): Promise<ResolvedRef | undefined>;
}

/** `/resolver` */
export const createResolver = (request: TaigaRequest): Resolver => ({
  resolve: async ({ projectSlug, ref }) => {
    const query = { project: projectSlug, ref };
    const { us, task, issue, epic } = (
      await request({ path: "/resolver", query, schema: Resolution })
    ).data;
    if (us !== undefined) return { kind: "userstory", id: us };
    if (task !== undefined) return { kind: "task", id: task };
    if (issue !== undefined) return { kind: "issue", id: issue };
    return epic === undefined ? undefined : { kind: "epic", id: epic };
  },
});
