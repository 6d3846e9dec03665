import { z } from "zod";
import type { TaigaRequest } from "../taiga-request.ts";
import { createInBulk, toBulkLines } from "./bulk-create.ts";
import type { ChangesOf, ItemFields, PlannedFields } from "./item-changes.ts";
import { itemDetailFields, itemRowFields, plannedRowFields } from "./item-fields.ts";
import type { DateFilter, FilterOf, ItemFilterName, WithExclude } from "./item-filter.ts";
import { createItemResource } from "./item-resource.ts";
import type { ItemResource } from "./item-resource.ts";
import { promoteToStory } from "./promotion.ts";
import { EpicSummary, flag, listOf, orNull, timestamp } from "./schema-parts.ts";

/** A task in a list: everything but the description. */
export const TaskRow = z.object({
  ...itemRowFields,
  ...plannedRowFields,
  milestone_slug: orNull(z.string()),
  user_story: orNull(z.int()),
  user_story_extra_info: orNull(
    z.object({ id: z.int(), ref: z.int(), subject: z.string(), epics: listOf(EpicSummary) }),
  ),
  us_order: orNull(z.number()),
  taskboard_order: orNull(z.number()),
  finished_date: orNull(timestamp),
  /** Needs special care ("a dose of Iocaine"). */
  is_iocaine: flag,
  total_comments: orNull(z.int()),
});
export type TaskRow = z.output<typeof TaskRow>;

export const Task = TaskRow.extend(itemDetailFields);
export type Task = z.output<typeof Task>;

/** What tasks can be filtered by. */
export type TaskFilter = FilterOf<
  | ItemFilterName
  | WithExclude<"role">
  | "milestone"
  | "user_story"
  | "order_by"
  | DateFilter<"finished_date">
  | DateFilter<"milestone__estimated_start" | "milestone__estimated_finish">
>;

/** What can be set on a task. A task with a story always takes the story's `milestone`. */
export type TaskChanges = ChangesOf<
  ItemFields &
    PlannedFields & {
      user_story: number | null;
      is_iocaine: boolean;
      us_order: number;
      taskboard_order: number;
    }
>;

/** Many tasks at once, of one story or without one. Taiga accepts only tasks in a sprint. */
export interface TaskBulk {
  projectId: number;
  milestoneId: number;
  subjects: readonly string[];
  userStoryId?: number | undefined;
  statusId?: number | undefined;
}

export interface Tasks extends ItemResource<TaskRow, Task, TaskFilter, TaskChanges> {
  /** One request for all; the answer has the order of `subjects`. */
  bulkCreate(bulk: TaskBulk): Promise<Task[]>;
  /**
   * Makes a story of the task in the same project, with its comments and attachments, and **deletes
   * the task**. @returns the ref of the story.
   */
  promote(id: number, projectId: number): Promise<number>;
}

/** `/tasks` */
export const createTasks = (request: TaigaRequest): Tasks => ({
  ...createItemResource<typeof TaskRow, typeof Task, TaskFilter, TaskChanges>(request, {
    path: "/tasks",
    row: TaskRow,
    item: Task,
    toQuery: (filter) => filter,
  }),
  bulkCreate: async ({ projectId, milestoneId, subjects, userStoryId, statusId }) => {
    const body = {
      project_id: projectId,
      milestone_id: milestoneId,
      bulk_tasks: toBulkLines(subjects),
      us_id: userStoryId,
      status_id: statusId,
    };
    return createInBulk(request, { path: "/tasks/bulk_create", body, item: Task });
  },
  promote: (id, projectId) => promoteToStory(request, `/tasks/${id}`, projectId),
});
