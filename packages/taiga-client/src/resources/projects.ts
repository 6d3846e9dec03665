import { z } from "zod";
import { toListSchema } from "../compiled-schema.ts";
import type { FileContent } from "../multipart.ts";
import type { TaigaRequest } from "../taiga-request.ts";
import { act, readFollowers } from "./followers.ts";
import type { Follower } from "./followers.ts";
import type { ChangesOf } from "./item-changes.ts";
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
import { flag, listOf, noContent, orNull, text, timestamp, UserSummary } from "./schema-parts.ts";

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

/** What can be set on a project. */
export interface ProjectFields {
  name: string;
  description: string;
  is_private: boolean;
  is_epics_activated: boolean;
  is_backlog_activated: boolean;
  is_kanban_activated: boolean;
  is_issues_activated: boolean;
  is_wiki_activated: boolean;
  /** Whether strangers may write to the administrators. */
  is_contact_activated: boolean;
  is_looking_for_people: boolean;
  looking_for_people_note: string;
  /** The project's own estimates; null for none. */
  total_milestones: number | null;
  total_story_points: number | null;
  tags: readonly string[];
  /** Ids of the project's own values; null for no default. */
  default_epic_status: number | null;
  default_us_status: number | null;
  default_task_status: number | null;
  default_issue_status: number | null;
  default_points: number | null;
  default_issue_type: number | null;
  default_priority: number | null;
  default_severity: number | null;
  default_swimlane: number | null;
  /** What anonymous people and users outside may do; only the eight `view_` names for the former. */
  anon_permissions: readonly string[];
  public_permissions: readonly string[];
}

/** A new project; the template decides on its modules, which an update changes afterwards. */
export interface NewProject {
  name: string;
  description: string;
  is_private?: boolean | undefined;
  /** Id of a template; Taiga's default is Scrum. */
  creation_template?: number | undefined;
  tags?: readonly string[] | undefined;
}

/** A copy of a project's settings, without its items. */
export interface ProjectCopy {
  name: string;
  description: string;
  is_private: boolean;
  /** Members of the copy, with their roles. All must be members of the original: see `duplicate`. */
  userIds: readonly number[];
}

/** 1: what the user takes part in, 2: everything, 3: nothing. */
export type NotifyLevel = 1 | 2 | 3;

/** Projects have no version: the last write wins. */
export interface Projects {
  /** All that the user can see, or all of one member's, in one answer. */
  list(filter?: { memberId?: number | undefined }): Promise<ProjectRow[]>;
  /** @throws {TaigaError} `permission_denied` for a private project of others. */
  getById(id: number): Promise<ProjectDetail>;
  /** @throws {TaigaError} `not_found`, also for a private project of others. */
  getBySlug(slug: string): Promise<ProjectDetail>;
  /** The caller becomes owner and administrator. @throws {TaigaError} `validation_failed`. */
  create(values: NewProject): Promise<ProjectDetail>;
  /** Changes only the given fields (PATCH); needs an administrator. */
  update(id: number, changes: ChangesOf<ProjectFields>): Promise<ProjectDetail>;
  /** Deletes a project with all it contains; any administrator may. A server may do so later. */
  delete(id: number): Promise<void>;
  /**
   * Copies a project's settings into a new one of the caller.
   * @throws {TaigaError} `not_found` when one of the users is no member: Taiga then leaves a half-made
   *   copy behind, so verify the users first.
   */
  duplicate(id: number, copy: ProjectCopy): Promise<ProjectDetail>;
  /** Orders the caller's own list; projects of others are ignored. */
  reorder(order: readonly { id: number; order: number }[]): Promise<void>;
  /** Leaves as a member. @throws {TaigaError} `permission_denied` for the owner. */
  leave(id: number): Promise<void>;
  like(id: number): Promise<void>;
  unlike(id: number): Promise<void>;
  fans(id: number): Promise<Follower[]>;
  watch(id: number, level?: NotifyLevel): Promise<void>;
  unwatch(id: number): Promise<void>;
  watchers(id: number): Promise<Follower[]>;
  /** @throws {TaigaError} `validation_failed` when the file is no image. */
  changeLogo(id: number, logo: FileContent): Promise<void>;
  removeLogo(id: number): Promise<void>;
  /** What projects can be made from, by all users. */
  listTemplates(): Promise<ProjectTemplate[]>;
}

/** What a new project starts with. */
export const ProjectTemplate = z.object({
  id: z.int(),
  name: z.string(),
  slug: z.string(),
  description: text,
});
export type ProjectTemplate = z.output<typeof ProjectTemplate>;

/** `/projects` and `/project-templates` */
export function createProjects(request: TaigaRequest): Projects {
  const path = "/projects";
  const schema = ProjectDetail;
  return {
    list: async ({ memberId } = {}) => {
      const call = { path, query: { member: memberId }, wholeList: true };
      return (await request({ ...call, schema: toListSchema(ProjectRow) })).data;
    },
    getById: async (id) => (await request({ path: `${path}/${id}`, schema })).data,
    getBySlug: async (slug) =>
      (await request({ path: `${path}/by_slug`, query: { slug }, schema })).data,
    create: async (values) => (await request({ method: "POST", path, body: values, schema })).data,
    update: async (id, changes) =>
      (await request({ method: "PATCH", path: `${path}/${id}`, body: changes, schema })).data,
    delete: async (id) => {
      await request({ method: "DELETE", path: `${path}/${id}`, schema: noContent });
    },
    duplicate: async (id, { userIds, ...values }) => {
      const body = { ...values, users: userIds.map((userId) => ({ id: userId })) };
      const copyPath = `${path}/${id}/duplicate`;
      return (await request({ method: "POST", path: copyPath, body, schema })).data;
    },
    reorder: (order) => {
      const body = order.map(({ id, order: place }) => ({ project_id: id, order: place }));
      return act(request, `${path}/bulk_update_order`, body);
    },
    leave: (id) => act(request, `${path}/${id}/leave`),
    like: (id) => act(request, `${path}/${id}/like`),
    unlike: (id) => act(request, `${path}/${id}/unlike`),
    fans: (id) => readFollowers(request, `${path}/${id}/fans`),
    watch: (id, level) => act(request, `${path}/${id}/watch`, { notify_level: level }),
    unwatch: (id) => act(request, `${path}/${id}/unwatch`),
    watchers: (id) => readFollowers(request, `${path}/${id}/watchers`),
    changeLogo: async (id, logo) => {
      const form = { fields: {}, fileField: "logo", file: logo };
      const call = { method: "POST", path: `${path}/${id}/change_logo`, form } as const;
      await request({ ...call, schema: z.object({ id: z.int() }) });
    },
    removeLogo: async (id) => {
      const logoPath = `${path}/${id}/remove_logo`;
      await request({ method: "POST", path: logoPath, schema: z.object({ id: z.int() }) });
    },
    listTemplates: async () => {
      const call = { path: "/project-templates", wholeList: true };
      return (await request({ ...call, schema: toListSchema(ProjectTemplate) })).data;
    },
  };
}
