import { toUserExtraInfo } from "./user-views.ts";
import { mustFind, inOrder } from "../model/rows.ts";
import type { CustomAttribute, Role, State, Swimlane } from "../model/state.ts";

/** A role in `GET /roles`. */
export const toRole = (state: State, role: Role) => ({
  id: role.id,
  name: role.name,
  slug: role.slug,
  project: role.project,
  order: role.order,
  computable: role.computable,
  permissions: role.permissions,
  members_count: state.memberships.filter((member) => member.role === role.id).length,
});

/** A swimlane with the story statuses as its columns, each with the cell's own limit. */
export function toSwimlane(state: State, swimlane: Swimlane) {
  const cells = new Map(swimlane.statuses.map((cell) => [cell.status, cell]));
  const statuses = inOrder(state.storyStatuses.filter((row) => cells.has(row.id)));
  return {
    id: swimlane.id,
    name: swimlane.name,
    order: swimlane.order,
    project: swimlane.project,
    statuses: statuses.map((status) => ({
      id: status.id,
      name: status.name,
      slug: status.slug,
      order: status.order,
      is_closed: status.is_closed,
      is_archived: status.is_archived,
      color: status.color,
      wip_limit: cells.get(status.id)!.wip_limit,
      swimlane_userstory_status_id: cells.get(status.id)!.id,
    })),
  };
}

/** A custom field's definition. */
export const toCustomAttribute = (attribute: CustomAttribute) => ({
  id: attribute.id,
  name: attribute.name,
  description: attribute.description,
  type: attribute.type,
  order: attribute.order,
  project: attribute.project,
  extra: attribute.extra,
  created_date: attribute.created_date,
  modified_date: attribute.modified_date,
});

/** A membership; only administrators of the project see e-mail addresses. */
export function toMembership(state: State, row: State["memberships"][number], seesEmail: boolean) {
  const user = mustFind(state.users, row.user);
  const project = mustFind(state.projects, row.project);
  const { gravatar_id } = toUserExtraInfo(state, user.id)!;
  return {
    id: row.id,
    user: row.user,
    project: row.project,
    role: row.role,
    is_admin: row.is_admin,
    created_at: row.created_at,
    invited_by: toUserExtraInfo(state, row.invited_by),
    invitation_extra_text: null,
    user_order: row.user_order,
    role_name: mustFind(state.roles, row.role).name,
    full_name: user.full_name,
    is_user_active: user.is_active,
    color: user.color,
    photo: null,
    gravatar_id,
    project_name: project.name,
    project_slug: project.slug,
    is_owner: project.owner === user.id,
    ...(seesEmail && { email: user.email, user_email: user.email }),
  };
}
