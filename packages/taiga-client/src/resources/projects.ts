import { z } from "zod";
import type { TaigaRequest } from "../taiga-request.ts";
import {
  Choice,
  CustomAttribute,
  Member,
  MilestoneSummary,
  Points,
  Role,
  Status,
  Swimlane,
  UserStoryStatus,
} from "./project-values.ts";
import { flag, listOf, orNull, text, timestamp, UserSummary } from "./schema-parts.ts";

const projectFields = {
  id: z.int(),
  name: z.string(),
  slug: z.string(),
  description: text,
  is_private: flag,
  /** Why writing is off (unpaid, by staff …); null when it is on. */
  blocked_code: orNull(z.string()),
  /** Not null for an archived project, which is read-only. */
  archived_code: orNull(z.string()),
  owner: orNull(UserSummary),
  created_date: timestamp,
  modified_date: timestamp,
  is_epics_activated: flag,
  is_backlog_activated: flag,
  is_kanban_activated: flag,
  is_issues_activated: flag,
  is_wiki_activated: flag,
  total_milestones: orNull(z.number()),
  total_story_points: orNull(z.number()),
  tags: listOf(z.string()),
  /** Tag → colour, or null for tags without one. */
  tags_colors: z
    .record(z.string(), z.string().nullable())
    .nullish()
    .transform((colors) => colors ?? {}),
  /** What the asking user may do here: view_us, add_task, modify_epic … */
  my_permissions: listOf(z.string()),
  i_am_owner: flag,
  i_am_admin: flag,
  i_am_member: flag,
  is_watcher: flag,
  is_fan: flag,
};

/** A project in a list. */
export const ProjectRow = z.object({
  ...projectFields,
  /** User ids. */
  members: listOf(z.int()),
});
export type ProjectRow = z.output<typeof ProjectRow>;

/** A project with everything needed to write in it. */
export const ProjectDetail = z.object({
  ...projectFields,
  members: listOf(Member),
  roles: listOf(Role),
  epic_statuses: listOf(Status),
  us_statuses: listOf(UserStoryStatus),
  task_statuses: listOf(Status),
  issue_statuses: listOf(Status),
  points: listOf(Points),
  issue_types: listOf(Choice),
  priorities: listOf(Choice),
  severities: listOf(Choice),
  swimlanes: listOf(Swimlane),
  milestones: listOf(MilestoneSummary),
  epic_custom_attributes: listOf(CustomAttribute),
  userstory_custom_attributes: listOf(CustomAttribute),
  task_custom_attributes: listOf(CustomAttribute),
  issue_custom_attributes: listOf(CustomAttribute),
  default_epic_status: orNull(z.int()),
  default_us_status: orNull(z.int()),
  default_task_status: orNull(z.int()),
  default_issue_status: orNull(z.int()),
  default_points: orNull(z.int()),
  default_issue_type: orNull(z.int()),
  default_priority: orNull(z.int()),
  default_severity: orNull(z.int()),
  default_swimlane: orNull(z.int()),
});
export type ProjectDetail = z.output<typeof ProjectDetail>;

export interface Projects {
  /** All that the user can see, or all of one member's, in one answer. */
  list(filter?: { memberId?: number | undefined }): Promise<ProjectRow[]>;
  /** @throws {TaigaError} `permission_denied` for a private project of others. */
  getById(id: number): Promise<ProjectDetail>;
  /** @throws {TaigaError} `not_found`, also for a private project of others. */
  getBySlug(slug: string): Promise<ProjectDetail>;
}

/** `/projects` */
export const createProjects = (request: TaigaRequest): Projects => ({
  list: async ({ memberId } = {}) => {
    const query = { member: memberId };
    const schema = z.array(ProjectRow);
    return (await request({ path: "/projects", query, wholeList: true, schema })).data;
  },
  getById: async (id) => (await request({ path: `/projects/${id}`, schema: ProjectDetail })).data,
  getBySlug: async (slug) =>
    (await request({ path: "/projects/by_slug", query: { slug }, schema: ProjectDetail })).data,
});
