import type { Actor } from "../../model/access.ts";
import { findById } from "../../model/rows.ts";
import type { Project, State, User } from "../../model/state.ts";
import { isInvitation, listMembers, type Member } from "./member-views.ts";

/** Who is to become a member: an account, or an e-mail address without one. */
export type Person = { user: User } | { email: string };

const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

/**
 * Finds the person behind a user name or an e-mail address. The name must be of a contact: somebody
 * who shares a project with the caller. An address is compared with case.
 *
 * @returns undefined for a name that is not of a contact.
 */
export function findPerson(state: State, actor: Actor, name: string): Person | undefined {
  if (EMAIL.test(name)) {
    const user = state.users.find((row) => row.email === name);
    return user === undefined ? { email: name } : { user };
  }
  const user = state.users.find((row) => row.username === name);
  return user !== undefined && isContact(state, actor, user) ? { user } : undefined;
}

function isContact(state: State, actor: Actor, user: User): boolean {
  const projectsOf = (id: number | undefined) =>
    state.memberships.filter((row) => row.user === id).map((row) => row.project);
  const own = new Set(projectsOf(actor?.id));
  return projectsOf(user.id).some((id) => own.has(id));
}

/** The member of the project with this user name or e-mail address. */
export const findMember = (state: State, project: Project, name: string): Member | undefined =>
  listMembers(state).find((row) => {
    if (row.project !== project.id) return false;
    if (isInvitation(row)) return row.email === name;
    const user = findById(state.users, row.user);
    return user?.username === name || user?.email === name;
  });
