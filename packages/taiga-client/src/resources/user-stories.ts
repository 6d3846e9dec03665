import { z } from "zod";
import type { Query } from "../query.ts";
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

/** A story in a list: everything but the description. */
export const UserStoryRow = z.object({
  ...itemRowFields,
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
});
export type UserStoryRow = z.output<typeof UserStoryRow>;

export const UserStory = UserStoryRow.extend(itemDetailFields);
export type UserStory = z.output<typeof UserStory>;

/** What stories can be filtered by. There is no filter by `ref`. */
export type UserStoryFilter = FilterOf<
  | "project"
  | "project__slug"
  | WithExclude<"status" | "owner" | "assigned_to" | "assigned_users" | "tags" | "role" | "epic">
  | WithExclude<"swimlane">
  | "status__is_closed"
  | "status__is_archived"
  | "milestone"
  | "milestone__isnull"
  | "is_closed"
  | "watchers"
  | "q"
  | "order_by"
  | "include_tasks"
  | DateFilter<"created_date" | "modified_date" | "finish_date">
  | DateFilter<"milestone__estimated_start" | "milestone__estimated_finish">
>;

/** What can be set on a story. Ids are Taiga's. */
export type UserStoryChanges = ChangesOf<{
  project: number;
  subject: string;
  /** Markdown. */
  description: string;
  status: number;
  milestone: number | null;
  swimlane: number | null;
  /** Role id → points id; other roles keep theirs. */
  points: Record<string, number>;
  /** To unassign, also send `assigned_users: []`. */
  assigned_to: number | null;
  assigned_users: readonly number[];
  /** The whole list; a colour counts only for tags that are new to the project. */
  tags: readonly (string | readonly [string, string | null])[];
  watchers: readonly number[];
  is_blocked: boolean;
  blocked_note: string;
  /** `YYYY-MM-DD`. */
  due_date: string | null;
  due_date_reason: string;
  client_requirement: boolean;
  team_requirement: boolean;
  backlog_order: number;
  sprint_order: number;
  external_reference: readonly string[] | null;
  /** Added to the history; alone (with `version`) it needs only the right to comment. */
  comment: string;
}>;

/** Many stories at once; all get the same status and swimlane. */
export interface UserStoryBulk {
  projectId: number;
  subjects: readonly string[];
  statusId?: number | undefined;
  swimlaneId?: number | undefined;
}

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
    const path = "/userstories/bulk_create";
    return (await request({ method: "POST", path, body, schema: z.array(UserStory) })).data;
  },
});

/** Taiga listens to the misspelt `swimnlane` and ignores `swimlane`. */
const toQuery = ({ swimlane, ...filter }: UserStoryFilter): Query => ({
  ...filter,
  swimnlane: swimlane,
});
