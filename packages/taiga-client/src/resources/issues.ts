import { z } from "zod";
import type { TaigaRequest } from "../taiga-request.ts";
import { createInBulk, toBulkLines } from "./bulk-create.ts";
import type { ChangesOf, ItemFields, PlannedFields } from "./item-changes.ts";
import { itemDetailFields, itemRowFields, plannedRowFields } from "./item-fields.ts";
import type { DateFilter, FilterOf, ItemFilterName, WithExclude } from "./item-filter.ts";
import { createItemResource } from "./item-resource.ts";
import type { ItemResource } from "./item-resource.ts";
import { promoteToStory } from "./promotion.ts";
import { listOf, orNull, timestamp } from "./schema-parts.ts";

/** An issue in a list: everything but the description. */
export const IssueRow = z.object({
  ...itemRowFields,
  ...plannedRowFields,
  type: orNull(z.int()),
  severity: orNull(z.int()),
  priority: orNull(z.int()),
  finished_date: orNull(timestamp),
});
export type IssueRow = z.output<typeof IssueRow>;

export const Issue = IssueRow.extend({
  ...itemDetailFields,
  /** The stories that this issue was promoted to; it stays an issue beside them. */
  generated_user_stories: listOf(z.object({ id: z.int(), ref: z.int(), subject: z.string() })),
});
export type Issue = z.output<typeof Issue>;

/** What issues can be filtered by. */
export type IssueFilter = FilterOf<
  | ItemFilterName
  | WithExclude<"role" | "type" | "severity" | "priority">
  | "milestone"
  | "order_by"
  | DateFilter<"finished_date">
>;

/** What can be set on an issue. */
export type IssueChanges = ChangesOf<
  ItemFields & PlannedFields & { type: number; severity: number; priority: number }
>;

/** Many issues at once, of the project's default status, type, severity and priority. */
export interface IssueBulk {
  projectId: number;
  subjects: readonly string[];
  milestoneId?: number | undefined;
}

export interface Issues extends ItemResource<IssueRow, Issue, IssueFilter, IssueChanges> {
  /** One request for all; the answer has the order of `subjects`. */
  bulkCreate(bulk: IssueBulk): Promise<Issue[]>;
  /**
   * Makes a story of the issue in the same project, with its comments and attachments. The issue stays,
   * and can be promoted again. @returns the ref of the story.
   */
  promote(id: number, projectId: number): Promise<number>;
}

/** `/issues` */
export const createIssues = (request: TaigaRequest): Issues => ({
  ...createItemResource<typeof IssueRow, typeof Issue, IssueFilter, IssueChanges>(request, {
    path: "/issues",
    row: IssueRow,
    item: Issue,
    toQuery: (filter) => filter,
  }),
  bulkCreate: async ({ projectId, subjects, milestoneId }) => {
    const body = {
      project_id: projectId,
      bulk_issues: toBulkLines(subjects),
      milestone_id: milestoneId,
    };
    return createInBulk(request, { path: "/issues/bulk_create", body, item: Issue });
  },
  promote: (id, projectId) => promoteToStory(request, `/issues/${id}`, projectId),
});
