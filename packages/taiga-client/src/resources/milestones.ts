import { z } from "zod";
import type { TaigaRequest } from "../taiga-request.ts";
import { date, flag, listOf, orNull, timestamp } from "./schema-parts.ts";

/** A sprint. */
export const Milestone = z.object({
  id: z.int(),
  name: z.string(),
  slug: z.string(),
  project: z.int(),
  estimated_start: date,
  estimated_finish: date,
  /** Computed by Taiga: it has items and all of them are closed. */
  closed: z.boolean(),
  order: orNull(z.number()),
  /** Null when nothing is estimated. */
  total_points: orNull(z.number()),
  closed_points: orNull(z.number()),
  created_date: timestamp,
  modified_date: timestamp,
  user_stories: listOf(
    z.object({
      id: z.int(),
      ref: z.int(),
      subject: z.string(),
      status: orNull(z.int()),
      assigned_to: orNull(z.int()),
      is_closed: z.boolean(),
      is_blocked: flag,
      total_points: orNull(z.number()),
    }),
  ),
});
export type Milestone = z.output<typeof Milestone>;

export interface Milestones {
  /** All sprints of a project, the latest start first. */
  list(filter: { projectId: number; closed?: boolean | undefined }): Promise<Milestone[]>;
}

/** `/milestones` */
export const createMilestones = (request: TaigaRequest): Milestones => ({
  list: async ({ projectId, closed }) => {
    const query = { project: projectId, closed };
    const schema = z.array(Milestone);
    return (await request({ path: "/milestones", query, wholeList: true, schema })).data;
  },
});
