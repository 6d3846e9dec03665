import { mustFind } from "../../model/rows.ts";
import type { Invitation, Membership, State } from "../../model/state.ts";
import { toUserExtraInfo } from "../../projects/user-views.ts";

/** A member, or somebody who was invited by e-mail and has no account. */
export type Member = Membership | Invitation;

export const isInvitation = (member: Member): member is Invitation => "email" in member;

/** Members and invitations; both are memberships to Taiga. */
export const listMembers = (state: State): Member[] => [...state.memberships, ...state.invitations];

/** A membership; only administrators of the project see e-mail addresses. */
export function toMembership(state: State, member: Member, seesEmail: boolean) {
  const { id, project: project_id, role, is_admin, created_at, user_order } = member;
  const project = mustFind(state.projects, project_id);
  return {
    id,
    user: null,
    project: project_id,
    role,
    is_admin,
    created_at,
    invited_by: toUserExtraInfo(state, member.invited_by),
    invitation_extra_text: null,
    user_order,
    role_name: mustFind(state.roles, role).name,
    photo: null,
    project_name: project.name,
    project_slug: project.slug,
    ...(isInvitation(member)
      ? ofInvitation(member, seesEmail)
      : ofMember(state, member, project.owner, seesEmail)),
  };
}

const ofInvitation = ({ email, invitation_extra_text }: Invitation, seesEmail: boolean) => ({
  invitation_extra_text,
  full_name: null,
  is_user_active: false,
  color: null,
  gravatar_id: null,
  is_owner: null,
  ...(seesEmail && { email, user_email: null }),
});

function ofMember(state: State, member: Membership, owner: number | null, seesEmail: boolean) {
  const user = mustFind(state.users, member.user);
  return {
    user: user.id,
    full_name: user.full_name,
    is_user_active: user.is_active,
    color: user.color,
    gravatar_id: toUserExtraInfo(state, user.id)!.gravatar_id,
    is_owner: owner === user.id,
    ...(seesEmail && { email: user.email, user_email: user.email }),
  };
}
