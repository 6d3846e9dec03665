import { randomUUID } from "node:crypto";
import * as field from "../../http/fields.ts";
import { addTimelineEvent } from "../../history/timeline.ts";
import {
  findForWrite,
  mustBeUser,
  verifyPermission,
  verifyWritable,
  type Actor,
} from "../../model/access.ts";
import { toTimestamp, type Context } from "../../model/context.ts";
import { badRequest, invalidFields } from "../../model/errors.ts";
import { allocateId, findById, mustFind } from "../../model/rows.ts";
import type { Invitation, Membership, Project, State, User } from "../../model/state.ts";
import { policyOf } from "../../projects/notify-policies.ts";
import { findMember, findPerson, type Person } from "./member-fields.ts";
import { isInvitation, listMembers, type Member } from "./member-views.ts";

const MODEL = "Membership";
const ADMIN = "add_member";

const spec = (state: State) => ({
  username: field.text(),
  project: field.reference(state.projects),
  role: field.reference(state.roles),
  is_admin: field.flag,
  invitation_extra_text: field.text(),
});

/** What a new membership has besides project and person. */
export interface NewMember {
  role: number;
  is_admin?: boolean | undefined;
  invitation_extra_text?: string | undefined;
}

/**
 * `POST /memberships`: adds an account at once, and invites an e-mail address without one.
 *
 * @throws {ApiError} as Taiga answers: refused fields first, then rights.
 */
export function createMember(context: Context, actor: Actor, body: field.Body): Member {
  const { state } = context;
  const required = ["username", "project", "role"];
  const values = field.readFields(body, spec(state), { required, isEdit: false });
  const project = mustFind(state.projects, values.project!);
  const role = values.role!;
  verifyRole(state, project, role);
  const author = verifyPermission(state, actor, project, ADMIN);
  const username = values.username!;
  if (findMember(state, project, username) !== undefined) {
    throw invalidFields({ username: ["The user yet exists in the project"] });
  }
  const person = findPerson(state, actor, username);
  if (person === undefined) {
    throw invalidFields({ username: ["The user must be a valid contact"] });
  }
  verifyWritable(project);
  const { is_admin, invitation_extra_text } = values;
  return addMember(context, project, author, person, { role, is_admin, invitation_extra_text });
}

/** Stores a member or an invitation. The caller has checked everything. */
export function addMember(
  { state, clock }: Context,
  project: Project,
  author: User,
  person: Person,
  { role, is_admin = false, invitation_extra_text }: NewMember,
): Member {
  const created_at = toTimestamp(clock());
  const common = {
    id: allocateId(state, "memberships"),
    project: project.id,
    role,
    is_admin,
    created_at,
    invited_by: author.id,
  };
  if ("email" in person) {
    const invitation: Invitation = {
      ...common,
      email: person.email,
      token: randomUUID(),
      invitation_extra_text: invitation_extra_text ?? null,
      user_order: clock().getTime(),
    };
    state.invitations.push(invitation);
    return invitation;
  }
  const membership: Membership = { ...common, user: person.user.id, user_order: 0 };
  state.memberships.push(membership);
  policyOf(state, project, membership.user);
  announce(state, membership, "create", created_at);
  return membership;
}

/** In timelines the member acts, whoever added or removed them. */
function announce(
  state: State,
  membership: Membership,
  action: "create" | "delete",
  created: string,
): void {
  const subject = { kind: "membership", item: membership } as const;
  addTimelineEvent(state, subject, { action, author: membership.user, created });
}

/** @throws {ApiError} 400 for a role of another project. */
function verifyRole(state: State, project: Project, role: number): void {
  if (mustFind(state.roles, role).project !== project.id) {
    throw invalidFields({ role: ["Invalid role for the project"] });
  }
}

const target = (state: State, id: number | undefined) => ({
  model: MODEL,
  rows: listMembers(state),
  id,
});

/**
 * `PATCH /memberships/{id}`. As in Taiga, a `username` replaces the person, and the caller becomes
 * the one who invited.
 *
 * @throws {ApiError} as Taiga answers.
 * @throws {Error} for an empty role: Taiga fails with a 500 there.
 */
export function editMember(
  { state }: Context,
  actor: Actor,
  id: number | undefined,
  body: field.Body,
): Member {
  const member = findForWrite(state, actor, target(state, id), ADMIN);
  if (body["role"] === null) throw new TypeError("A membership needs a role.");
  const values = field.readFields(body, spec(state), { required: [], isEdit: true });
  const project = mustFind(state.projects, member.project);
  const { username, role = member.role, is_admin = member.is_admin } = values;
  if (values.project !== undefined && values.project !== project.id) {
    throw invalidFields({ project: ["Invalid operation"] });
  }
  verifyRole(state, project, role);
  const isOwner = !isInvitation(member) && member.user === project.owner;
  if (isOwner && !is_admin) {
    throw invalidFields({ is_admin: ["The project owner must be admin."] });
  }
  verifyWritable(project);
  Object.assign(member, { role, is_admin, invited_by: mustBeUser(actor).id });
  if (username) replacePerson(state, actor, member, username);
  return member;
}

/** @throws {ApiError} 400 for a name that is not of a contact. */
function replacePerson(state: State, actor: Actor, member: Member, name: string): void {
  const person = findPerson(state, actor, name);
  if (person === undefined) {
    throw invalidFields({ username: ["The user must be a valid contact"] });
  }
  if (isInvitation(member) && "email" in person) member.email = person.email;
  if (!isInvitation(member) && "user" in person) member.user = person.user.id;
}

/**
 * `DELETE /memberships/{id}`. Items stay assigned to the person.
 *
 * @throws {ApiError} as Taiga answers.
 */
export function deleteMember(context: Context, actor: Actor, id: number | undefined): void {
  const { state } = context;
  const member = findForWrite(state, actor, target(state, id), "remove_member");
  const project = mustFind(state.projects, member.project);
  verifyWritable(project);
  if (!isInvitation(member) && !mayLeave(state, project, member.user)) {
    throw badRequest(
      "The project must have an owner and at least one of the users must be an active admin",
    );
  }
  removeMember(context, member);
}

/** Removes a member or an invitation. The caller has checked everything. */
export function removeMember({ state, clock }: Context, member: Member): void {
  if (!isInvitation(member)) announce(state, member, "delete", toTimestamp(clock()));
  state.memberships = state.memberships.filter((row) => row !== member);
  if (!isInvitation(member)) {
    state.notifyPolicies = state.notifyPolicies.filter(
      (row) => row.project !== member.project || row.user !== member.user,
    );
  }
  state.invitations = state.invitations.filter((row) => row !== member);
}

/** The owner stays, and so does the last active administrator. */
export function mayLeave(state: State, project: Project, user: number): boolean {
  if (project.owner === user) return false;
  return state.memberships.some(
    (row) =>
      row.project === project.id &&
      row.user !== user &&
      row.is_admin &&
      findById(state.users, row.user)?.is_active === true,
  );
}
