import { z } from "zod";
import type { TaigaRequest } from "../taiga-request.ts";
import { listOf, orNull } from "./schema-parts.ts";

const found = {
  id: z.int(),
  /** The #number people read. */
  ref: z.int(),
  subject: z.string(),
  status: orNull(z.int()),
};
const FoundItem = z.object({ ...found, assigned_to: orNull(z.int()) });

/** What matches, the best first, at most 150 of a kind; kinds that the user may not see are empty. */
export const SearchResult = z.object({
  /** The number of matches of all kinds together. */
  count: z.int(),
  epics: listOf(FoundItem),
  userstories: listOf(
    z.object({
      ...found,
      total_points: orNull(z.number()),
      milestone_name: orNull(z.string()),
      milestone_slug: orNull(z.string()),
    }),
  ),
  tasks: listOf(FoundItem),
  issues: listOf(FoundItem),
  wikipages: listOf(z.object({ id: z.int(), slug: z.string() })),
});
export type SearchResult = z.output<typeof SearchResult>;

/**
 * Searches one project for a text. An empty text finds everything; in a private project of others
 * nothing is found.
 * @throws {TaigaError} `not_found` when there is no such project.
 */
export type Search = (wanted: { projectId: number; text: string }) => Promise<SearchResult>;

/** `/search` */
export const createSearch =
  (request: TaigaRequest): Search =>
  async ({ projectId, text }) => {
    const query = { project: projectId, text };
    return (await request({ path: "/search", query, schema: SearchResult })).data;
  };
