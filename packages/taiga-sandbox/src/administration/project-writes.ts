import * as field from "../http/fields.ts";
import {
  findForWrite,
  mustBeUser,
  MEMBER_PERMISSIONS,
  VIEW_PERMISSIONS,
  verifyWritable,
  type Actor,
} from "../model/access.ts";
import { toTimestamp, type Context } from "../model/context.ts";
import { invalidFields } from "../model/errors.ts";
import { allocateId, findById, ownRows } from "../model/rows.ts";
import { toUniqueSlug } from "../model/slugs.ts";
import type { Project, Role, State, User } from "../model/state.ts";
import { KANBAN, SCRUM, type Template } from "../projects/templates.ts";
import { policyOf } from "../projects/notify-policies.ts";
import { setUpProject } from "./project-setup.ts";

const TEMPLATES: readonly Template[] = [SCRUM, KANBAN];

const CALL_PROGRAMS = ["appear-in", "custom", "jitsi", "talky", "whereby-com"];

const OPTIONAL_FLAGS = [
  "is_epics_activated",
  "is_backlog_activated",
  "is_kanban_activated",
  "is_wiki_activated",
  "is_issues_activated",
  "is_contact_activated",
  "is_looking_for_people",
] as const;

const DEFAULT_LISTS = {
  default_epic_status: ["epic_status", "epicStatuses", "Default epic status"],
  default_us_status: ["us_status", "storyStatuses", "Default US status"],
  default_task_status: ["task_status", "taskStatuses", "Default task status"],
  default_issue_status: ["issue_status", "issueStatuses", "Default issue status"],
  default_issue_type: ["issue_type", "issueTypes", "Default issue type"],
  default_points: ["points", "points", "Default points"],
  default_priority: ["priority", "priorities", "Default priority"],
  default_severity: ["severity", "severities", "Default severity"],
  default_swimlane: ["swimlane", "swimlanes", "Default swimlane"],
} as const;

const projectFields = (state: State) => ({
  name: field.text(250),
  description: field.text(),
  is_private: field.flag,
  ...Object.fromEntries(OPTIONAL_FLAGS.map((name) => [name, field.flag])),
  looking_for_people_note: field.text(),
  total_milestones: field.wholeNumber,
  total_story_points: field.decimal,
  videoconferences: (value: unknown) =>
    value === null || value === "" ? null : field.choice(CALL_PROGRAMS)(value),
  videoconferences_extra_data: field.text(250),
  tags: field.plainTags,
  anon_permissions: field.choices(VIEW_PERMISSIONS),
  public_permissions: field.choices(MEMBER_PERMISSIONS),
  ...Object.fromEntries(
    Object.entries(DEFAULT_LISTS).map(([name, [, table]]) => [
      name,
      field.optionalReference(state[table]),
    ]),
  ),
});

/**
 * `POST /projects`: from a template, with the caller as owner. Private unless the request says
 * otherwise.
 *
 * @throws {ApiError} as Taiga answers.
 */
export function createProject(context: Context, actor: Actor, body: field.Body): Project {
  const { state } = context;
  const owner = mustBeUser(actor);
  const required = ["name", "description"];
  const spec = {
    name: field.text(250),
    description: field.text(),
    is_private: field.flag,
    creation_template: field.optionalReference(TEMPLATES),
  };
  const values = field.readFields(body, spec, { required, isEdit: false });
  const template = TEMPLATES.find((row) => row.id === values.creation_template) ?? SCRUM;
  const project = setUpProject(state, template, toTimestamp(context.clock()), {
    name: values.name!,
    description: values.description!,
    slug: toFreeSlug(state, values.name!),
    owner: owner.id,
    is_private: values.is_private ?? true,
  });
  const roles = ownRows(state.roles, project);
  joinAsOwner(
    context,
    project,
    owner,
    roles.find((row) => row.slug === "product-owner"),
  );
  return project;
}

/** Slugs are unique over all projects. */
export const toFreeSlug = (state: State, name: string): string =>
  toUniqueSlug(name, new Set(state.projects.map((row) => row.slug)));

/** Makes the owner the first administrator. @param role the first role if omitted. */
export function joinAsOwner(
  { state, clock }: Context,
  project: Project,
  owner: User,
  role: Role | undefined,
): void {
  state.memberships.push({
    id: allocateId(state, "memberships"),
    project: project.id,
    user: owner.id,
    role: (role ?? ownRows(state.roles, project)[0]!).id,
    is_admin: true,
    created_at: toTimestamp(clock()),
    invited_by: null,
    user_order: 0,
  });
  policyOf(state, project, owner.id);
}

/** The project that an administrator's PATCH or DELETE addresses. */
export const findProjectForWrite = (
  state: State,
  actor: Actor,
  id: number | undefined,
  permission: string,
): Project => {
  const rows = state.projects.map((project) => ({ id: project.id, project: project.id }));
  const { project } = findForWrite(state, actor, { model: "Project", rows, id }, permission);
  return findById(state.projects, project)!;
};

/**
 * `PATCH /projects/{id}`. The slug stays. A project that becomes private loses the permissions of
 * everyone, one that becomes public gets those to view.
 *
 * @throws {ApiError} as Taiga answers.
 */
export function editProject(
  context: Context,
  actor: Actor,
  id: number | undefined,
  body: field.Body,
): Project {
  const { state } = context;
  const project = findProjectForWrite(state, actor, id, "modify_project");
  const required = ["name", "description"];
  const values = field.readFields(body, projectFields(state), { required, isEdit: true });
  verifyWritable(project);
  const columns: Record<string, unknown> = { ...values };
  for (const [name, [key, , title]] of Object.entries(DEFAULT_LISTS)) {
    const value = columns[name] as number | null | undefined;
    delete columns[name];
    if (value === undefined) continue;
    verifyDefaultIsFree(state, project, { name, key, title, value });
    // An item without a status cannot be shown here, so that only the swimlane can be empty.
    if (value !== null || key === "swimlane") project.defaults[key] = value as number;
  }
  const becomes = values.is_private;
  if (becomes !== undefined && becomes !== project.is_private) {
    const permissions = becomes ? [] : [...VIEW_PERMISSIONS];
    Object.assign(project, { anon_permissions: permissions, public_permissions: permissions });
  }
  Object.assign(project, columns, { modified_date: toTimestamp(context.clock()) });
  // Only a backlog has estimates.
  if (!project.is_backlog_activated) {
    Object.assign(project, { total_milestones: null, total_story_points: null });
  }
  return project;
}

/** @throws {ApiError} 400 when the value is another project's default already. */
function verifyDefaultIsFree(
  state: State,
  project: Project,
  {
    name,
    key,
    title,
    value,
  }: {
    name: string;
    key: keyof Project["defaults"];
    title: string;
    value: number | null;
  },
): void {
  const isTaken = state.projects.some(
    (row) => row !== project && value !== null && row.defaults[key] === value,
  );
  if (isTaken) throw invalidFields({ [name]: [`Project with this ${title} already exists.`] });
}
