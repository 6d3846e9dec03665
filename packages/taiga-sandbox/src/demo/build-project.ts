import { VIEW_PERMISSIONS } from "../model/access.ts";
import { allocateId, mustFind } from "../model/rows.ts";
import { toSlug } from "../model/slugs.ts";
import { addTimelineEvent } from "../history/timeline.ts";
import type { DueDate, Membership, Project, Role, State, Timestamp, User } from "../model/state.ts";
import {
  DUE_DATES,
  EPIC_STATUSES,
  ISSUE_STATUSES,
  ISSUE_TYPES,
  POINTS,
  ROLES,
  STORY_STATUSES,
  TASK_STATUSES,
  type Template,
} from "./templates.ts";

/** Adds a user whose password is the user name with `-password` behind it. */
export function addUser(
  state: State,
  user: Pick<User, "username" | "full_name" | "email" | "color"> &
    Partial<Pick<User, "bio" | "is_superuser">> & { joined: Timestamp },
): User {
  const { joined, ...columns } = user;
  const id = allocateId(state, "users");
  const added: User = {
    bio: "",
    is_superuser: false,
    ...columns,
    id,
    password: `${user.username}-password`,
    uuid: id.toString(16).padStart(32, "0"),
    date_joined: joined,
    is_active: true,
  };
  state.users.push(added);
  return added;
}

/** Adds a project as its template sets it up, with its owner as the only member. */
export function addProject(
  state: State,
  options: {
    name: string;
    slug: string;
    description: string;
    owner: User;
    template: Template;
    isPrivate: boolean;
    created: Timestamp;
    tags: string[];
  },
): Project {
  const { name, slug, description, owner, template, isPrivate, created, tags } = options;
  const id = allocateId(state, "projects");
  const {
    priorities: _priorities,
    severities: _severities,
    id: creation_template,
    ...modules
  } = template;
  const permissions = isPrivate ? [] : [...VIEW_PERMISSIONS];
  const project: Project = {
    id,
    name,
    slug,
    description,
    owner: owner.id,
    created_date: created,
    modified_date: created,
    creation_template,
    is_private: isPrivate,
    is_epics_activated: false,
    ...modules,
    total_milestones: null,
    total_story_points: null,
    tags,
    tags_colors: {},
    anon_permissions: permissions,
    public_permissions: [...permissions],
    blocked_code: null,
    archived_code: null,
    defaults: addValueLists(state, id, template),
    last_ref: 0,
  };
  state.projects.push(project);
  const event = { action: "create", author: owner.id, created } as const;
  addTimelineEvent(state, { kind: "project", item: project }, event);
  for (const [index, [role, computable, granted]] of ROLES.entries()) {
    addRole(state, project, {
      name: role,
      computable,
      permissions: granted,
      order: index * 10 + 10,
    });
  }
  addMember(state, project, owner, "Product Owner", { created, isAdmin: true });
  return project;
}

export function addRole(
  state: State,
  project: Project,
  role: Pick<Role, "name" | "computable" | "permissions" | "order">,
): Role {
  const id = allocateId(state, "roles");
  const added = { ...role, id, project: project.id, slug: toSlug(role.name) };
  state.roles.push(added);
  return added;
}

/** Everybody but the owner was invited by the owner. */
export function addMember(
  state: State,
  project: Project,
  user: User,
  role: string,
  { created, isAdmin = false }: { created: Timestamp; isAdmin?: boolean },
): Membership {
  const membership: Membership = {
    id: allocateId(state, "memberships"),
    project: project.id,
    user: user.id,
    role: byName(state.roles, project, role).id,
    is_admin: isAdmin,
    created_at: created,
    invited_by: user.id === project.owner ? null : project.owner,
    user_order: state.memberships.filter((row) => row.user === user.id).length + 1,
  };
  state.memberships.push(membership);
  if (user.id !== project.owner) {
    const event = { action: "create", author: user.id, created } as const;
    addTimelineEvent(state, { kind: "membership", item: membership }, event);
  }
  return membership;
}

/**
 * A project's value by its name.
 *
 * @throws {Error} when the seed names something that the project does not have.
 */
export function byName<Row extends { project: number; name: string }>(
  rows: readonly Row[],
  project: Project,
  name: string,
): Row {
  const row = rows.find((candidate) => candidate.project === project.id && candidate.name === name);
  if (row === undefined) throw new Error(`${project.name} has nothing called ${name}.`);
  return row;
}

/** Adds a swimlane; the first one of a project becomes its default. */
export function addSwimlane(
  state: State,
  project: Project,
  name: string,
  wipLimits: Record<string, number> = {},
): number {
  const id = allocateId(state, "swimlanes");
  const order = state.swimlanes.filter((row) => row.project === project.id).length + 1;
  const statuses = state.storyStatuses
    .filter((status) => status.project === project.id)
    .map((status) => ({
      id: allocateId(state, "swimlaneStatuses"),
      status: status.id,
      wip_limit: wipLimits[status.name] ?? null,
    }));
  state.swimlanes.push({ id, project: project.id, name, order, statuses });
  project.defaults.swimlane ??= id;
  return id;
}

function addValueLists(state: State, project: number, template: Template): Project["defaults"] {
  const add = <Row extends { id: number; project: number; name: string; order: number }>(
    table: string,
    rows: Row[],
    values: Omit<Row, "id" | "project">[],
  ): number[] =>
    values.map((value) => {
      const id = allocateId(state, table);
      rows.push({ ...value, id, project } as unknown as Row);
      return id;
    });
  const statuses = (list: typeof EPIC_STATUSES) =>
    list.map(([name, color, closed], index) => ({
      name,
      slug: toSlug(name),
      order: index + 1,
      is_closed: closed !== undefined,
      color,
    }));
  const colored = (list: typeof ISSUE_TYPES, step: number) =>
    list.map(([name, color], index) => ({ name, order: index * step + 1, color }));
  const dueDates = (): Omit<DueDate, "id" | "project">[] =>
    DUE_DATES.map(([name, color, days_to_due], index) => ({
      name,
      order: index + 1,
      by_default: index === 0,
      color,
      days_to_due,
    }));
  const storyStatuses = statuses(STORY_STATUSES).map((status) => ({
    ...status,
    is_archived: status.name === "Archived",
    wip_limit: null,
  }));
  const points = POINTS.map(([name, value], index) => ({ name, order: index + 1, value }));
  const [epicStatus] = add("epicStatuses", state.epicStatuses, statuses(EPIC_STATUSES));
  const [usStatus] = add("storyStatuses", state.storyStatuses, storyStatuses);
  const [taskStatus] = add("taskStatuses", state.taskStatuses, statuses(TASK_STATUSES));
  const [issueStatus] = add("issueStatuses", state.issueStatuses, statuses(ISSUE_STATUSES));
  const [issueType] = add("issueTypes", state.issueTypes, colored(ISSUE_TYPES, 1));
  const [firstPoints] = add("points", state.points, points);
  const [, priority] = add("priorities", state.priorities, colored(template.priorities, 2));
  const [, , severity] = add("severities", state.severities, colored(template.severities, 1));
  add("storyDueDates", state.storyDueDates, dueDates());
  add("taskDueDates", state.taskDueDates, dueDates());
  add("issueDueDates", state.issueDueDates, dueDates());
  return {
    epic_status: epicStatus!,
    us_status: usStatus!,
    task_status: taskStatus!,
    issue_status: issueStatus!,
    issue_type: issueType!,
    points: firstPoints!,
    priority: priority!,
    severity: severity!,
    swimlane: null,
  };
}

/** The user with this name. */
export function userNamed(state: State, username: string): User {
  const user = state.users.find((row) => row.username === username);
  return mustFind(state.users, user?.id ?? 0);
}
