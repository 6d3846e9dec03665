import { z } from "zod";
import type { TaigaRequest } from "../taiga-request.ts";
import { createItemResource, toBulkLines } from "./item-resource.ts";
import type {
  ChangesOf,
  DateFilter,
  FilterOf,
  ItemResource,
  WithExclude,
} from "./item-resource.ts";
import {
  EpicSummary,
  flag,
  itemDetailFields,
  itemRowFields,
  listOf,
  orNull,
  timestamp,
} from "./schema-parts.ts";

/** A task in a list: everything but the description. */
export const TaskRow = z.object({
  ...itemRowFields,
  user_story: orNull(z.int()),
  user_story_extra_info: orNull(
    z.object({ id: z.int(), ref: z.int(), subject: z.string(), epics: listOf(EpicSummary) }),
  ),
  us_order: orNull(z.number()),
  taskboard_order: orNull(z.number()),
  finished_date: orNull(timestamp),
  /** Needs special care ("a dose of Iocaine"). */
  is_iocaine: flag,
});
export type TaskRow = z.output<typeof TaskRow>;

export const Task = TaskRow.extend(itemDetailFields);
export type Task = z.output<typeof Task>;

/** What tasks can be filtered by. There is no filter by `ref`. */
export type TaskFilter = FilterOf<
  | "project"
  | "project__slug"
  | WithExclude<"status" | "owner" | "assigned_to" | "tags" | "role">
  | "status__is_closed"
  | "milestone"
  | "user_story"
  | "watchers"
  | "q"
  | "order_by"
  | DateFilter<"created_date" | "modified_date" | "finished_date">
  | DateFilter<"milestone__estimated_start" | "milestone__estimated_finish">
>;

/** What can be set on a task. Ids are Taiga's. */
export type TaskChanges = ChangesOf<{
  project: number;
  subject: string;
  /** Markdown. */
  description: string;
  status: number;
  user_story: number | null;
  /** A task with a story always takes the story's. */
  milestone: number | null;
  assigned_to: number | null;
  /** The whole list; a colour counts only for tags that are new to the project. */
  tags: readonly (string | readonly [string, string | null])[];
  watchers: readonly number[];
  is_blocked: boolean;
  blocked_note: string;
  is_iocaine: boolean;
  /** `YYYY-MM-DD`. */
  due_date: string | null;
  due_date_reason: string;
  us_order: number;
  taskboard_order: number;
  external_reference: readonly string[] | null;
  /** Added to the history; alone (with `version`) it needs only the right to comment. */
  comment: string;
}>;

/** Many tasks at once, of one story or of none. Taiga takes only tasks that are in a sprint. */
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
    const path = "/tasks/bulk_create";
    return (await request({ method: "POST", path, body, schema: z.array(Task) })).data;
  },
});
