import { z } from "zod";
import { toListSchema } from "../compiled-schema.ts";
import type { TaigaRequest } from "../taiga-request.ts";
import type { ChangesOf } from "./item-changes.ts";
import type { DateFilter, FilterOf } from "./item-filter.ts";
import {
  date,
  flag,
  listOf,
  noContent,
  orNull,
  StatusSummary,
  timestamp,
  UserSummary,
} from "./schema-parts.ts";

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
      status_extra_info: orNull(StatusSummary),
      assigned_to: orNull(z.int()),
      assigned_to_extra_info: orNull(UserSummary),
      is_closed: z.boolean(),
      is_blocked: flag,
      total_points: orNull(z.number()),
    }),
  ),
});
export type Milestone = z.output<typeof Milestone>;

/** The progress of a sprint, in total and day by day. */
export const MilestoneStats = z.object({
  name: z.string(),
  estimated_start: date,
  estimated_finish: date,
  /** Role id → points of all stories. */
  total_points: z
    .record(z.string(), z.number())
    .nullish()
    .transform((points) => points ?? {}),
  /** Points of the closed stories: one number per role, without the role's name. */
  completed_points: listOf(z.number()),
  total_userstories: z.int(),
  completed_userstories: z.int(),
  total_tasks: z.int(),
  completed_tasks: z.int(),
  /** Tasks that are marked `is_iocaine`. */
  iocaine_doses: z.int(),
  /** From start to finish, including future days, which repeat the currently open points. */
  days: listOf(z.object({ day: date, open_points: z.number(), optimal_points: z.number() })),
});
export type MilestoneStats = z.output<typeof MilestoneStats>;

/** What sprints can be filtered by. */
export type MilestoneFilter = { projectId: number } & FilterOf<
  | "closed"
  | "order_by"
  | DateFilter<"created_date" | "modified_date" | "estimated_start" | "estimated_finish">
>;

/** A new sprint. Its name is unique in its project. */
export interface NewMilestone {
  project: number;
  name: string;
  /** `YYYY-MM-DD`. */
  estimated_start: string;
  /** `YYYY-MM-DD`, not before the start. */
  estimated_finish: string;
}

/** What can be changed on a sprint. */
export type MilestoneChanges = ChangesOf<Omit<NewMilestone, "project">>;

/** Sprints have no version: the last write wins. */
export interface Milestones {
  /** All sprints of a project, the latest start first unless `order_by` says otherwise. */
  list(filter: MilestoneFilter): Promise<Milestone[]>;
  getById(id: number): Promise<Milestone>;
  stats(id: number): Promise<MilestoneStats>;
  /** @throws {TaigaError} `validation_failed` for a name that is taken, or a start after the end. */
  create(values: NewMilestone): Promise<Milestone>;
  /**
   * Changes only the given fields (PATCH).
   * @throws {TaigaError} like `create`; `permission_denied` also when there is no such sprint.
   */
  update(id: number, changes: MilestoneChanges): Promise<Milestone>;
  /**
   * Deletes the sprint; its stories, tasks and issues stay, without a sprint.
   * @throws {TaigaError} `permission_denied` also when there is no such sprint, or no longer.
   */
  delete(id: number): Promise<void>;
}

/** `/milestones` */
export function createMilestones(request: TaigaRequest): Milestones {
  const path = "/milestones";
  const schema = Milestone;
  return {
    list: async ({ projectId, ...filter }) => {
      const query = { project: projectId, ...filter };
      return (await request({ path, query, wholeList: true, schema: toListSchema(Milestone) }))
        .data;
    },
    getById: async (id) => (await request({ path: `${path}/${id}`, schema })).data,
    stats: async (id) =>
      (await request({ path: `${path}/${id}/stats`, schema: MilestoneStats })).data,
    create: async (values) => (await request({ method: "POST", path, body: values, schema })).data,
    update: async (id, changes) =>
      (await request({ method: "PATCH", path: `${path}/${id}`, body: changes, schema })).data,
    delete: async (id) => {
      await request({ method: "DELETE", path: `${path}/${id}`, schema: noContent });
    },
  };
}
