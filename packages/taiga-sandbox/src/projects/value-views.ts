import { toUserExtraInfo } from "./user-views.ts";
import { mustFind, inOrder } from "../model/rows.ts";
import type { CustomAttribute, Role, State, Swimlane } from "../model/state.ts";

/** A role in `GET /roles`. */
export const toRole = (state: State, role: Role) => ({
  ...role,
  members_count: state.memberships.filter((member) => member.role === role.id).length,
});

/** A swimlane with the story statuses as its columns, each with the cell's own limit. */
export function toSwimlane(state: State, swimlane: Swimlane) {
  const cells = new Map(swimlane.statuses.map((cell) => [cell.status, cell]));
  const statuses = inOrder(state.storyStatuses.filter((row) => cells.has(row.id)));
  return {
    ...swimlane,
    statuses: statuses.map(({ project: _project, ...status }) => ({
      ...status,
      wip_limit: cells.get(status.id)!.wip_limit,
      swimlane_userstory_status_id: cells.get(status.id)!.id,
    })),
  };
}

/** A custom field's definition. */
export const toCustomAttribute = ({ kind: _kind, ...attribute }: CustomAttribute) => attribute;

/** A membership; only administrators of the project see e-mail addresses. */
export function toMembership(state: State, row: State["memberships"][number], seesEmail: boolean) {
  const user = mustFind(state.users, row.user);
  const project = mustFind(state.projects, row.project);
  const { gravatar_id } = toUserExtraInfo(state, user.id)!;
  return {
    ...row,
    invited_by: toUserExtraInfo(state, row.invited_by),
    invitation_extra_text: null,
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
