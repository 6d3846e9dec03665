import { z } from "zod";
import type { Query } from "../query.ts";
import type { TaigaRequest } from "../taiga-request.ts";
import { createInBulk, toBulkLines } from "./bulk-create.ts";
import type { ChangesOf, ItemFields, PlannedFields } from "./item-changes.ts";
import { itemDetailFields, itemRowFields, plannedRowFields } from "./item-fields.ts";
import type { DateFilter, FilterOf, ItemFilterName, WithExclude } from "./item-filter.ts";
import { createItemResource } from "./item-resource.ts";
import type { ItemResource } from "./item-resource.ts";
import { EpicSummary, flag, listOf, orNull, timestamp } from "./schema-parts.ts";

/** A story in a list: everything but the description. */
export const UserStoryRow = z.object({
  ...itemRowFields,
  ...plannedRowFields,
  milestone_slug: orNull(z.string()),
  milestone_name: orNull(z.string()),
  swimlane: orNull(z.int()),
  assigned_users: listOf(z.int()),
  /** Role id → id of one of the project's points. */
  points: z
    .record(z.string(), z.int().nullable())
    .nullish()
    .transform((points) => points ?? {}),
  /** Null while no role is estimated. */
  total_points: orNull(z.number()),
  backlog_order: orNull(z.number()),
  sprint_order: orNull(z.number()),
  kanban_order: orNull(z.number()),
  finish_date: orNull(timestamp),
  client_requirement: flag,
  team_requirement: flag,
  epics: listOf(EpicSummary),
  /** The issue from which this story was promoted. */
  origin_issue: orNull(z.object({ id: z.int(), ref: z.int(), subject: z.string() })),
  /** `Task #7`: the task from which this story was promoted, which no longer exists. */
  from_task_ref: orNull(z.string()),
  /** Filled only by the filter `include_tasks`. */
  tasks: listOf(
    z.object({
      id: z.int(),
      ref: z.int(),
      subject: z.string(),
      status_id: z.int().nullish(),
      is_blocked: flag,
      is_closed: flag,
    }),
  ),
  total_attachments: orNull(z.int()),
  total_comments: orNull(z.int()),
});
export type UserStoryRow = z.output<typeof UserStoryRow>;

export const UserStory = UserStoryRow.extend(itemDetailFields);
export type UserStory = z.output<typeof UserStory>;

/** What stories can be filtered by. */
export type UserStoryFilter = FilterOf<
  | ItemFilterName
  | WithExclude<"assigned_users" | "role" | "epic" | "swimlane">
  | "status__is_archived"
  | "milestone"
  | "milestone__isnull"
  | "is_closed"
  | "order_by"
  | "include_tasks"
  | DateFilter<"finish_date">
  | DateFilter<"milestone__estimated_start" | "milestone__estimated_finish">
>;

/** What can be set on a story. To unassign, send `assigned_to: null` and `assigned_users: []`. */
export type UserStoryChanges = ChangesOf<
  ItemFields &
    PlannedFields & {
      swimlane: number | null;
      /** Role id → points id; other roles keep theirs. */
      points: Record<string, number>;
      assigned_users: readonly number[];
      client_requirement: boolean;
      team_requirement: boolean;
      backlog_order: number;
      sprint_order: number;
    }
>;

/** Many stories at once; all get the same status and swimlane. */
export interface UserStoryBulk {
  projectId: number;
  subjects: readonly string[];
  statusId?: number | undefined;
  swimlaneId?: number | undefined;
}

/** Deleting a story deletes its tasks too. */
export interface UserStories extends ItemResource<
  UserStoryRow,
  UserStory,
  UserStoryFilter,
  UserStoryChanges
> {
  /** One request for all; the answer has the order of `subjects`. */
  bulkCreate(bulk: UserStoryBulk): Promise<UserStory[]>;
}

/** `/userstories` */
export const createUserStories = (request: TaigaRequest): UserStories => ({
  ...createItemResource<typeof UserStoryRow, typeof UserStory, UserStoryFilter, UserStoryChanges>(
    request,
    { path: "/userstories", row: UserStoryRow, item: UserStory, toQuery },
  ),
  bulkCreate: async ({ projectId, subjects, statusId, swimlaneId }) => {
    const body = {
      project_id: projectId,
      bulk_stories: toBulkLines(subjects),
      status_id: statusId,
      swimlane_id: swimlaneId,
    };
    return createInBulk(request, { path: "/userstories/bulk_create", body, item: UserStory });
  },
});

/** Taiga listens to the misspelt `swimnlane` and ignores `swimlane`. */
const toQuery = ({ swimlane, ...filter }: UserStoryFilter): Query => ({
  ...filter,
  swimnlane: swimlane,
});
