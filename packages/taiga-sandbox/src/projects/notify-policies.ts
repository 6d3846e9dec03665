import { findMembership, type Actor } from "../model/access.ts";
import { allocateId, findById, mustFind } from "../model/rows.ts";
import type { NotifyPolicy, Project, State, User } from "../model/state.ts";

/** Members hear what concerns them, until they choose another level. */
export const INVOLVED = 1;
export const NO_NOTICES = 3;
export const LEVELS: readonly number[] = [INVOLVED, 2, NO_NOTICES];

const isPolicyOf = (project: Project, user: number) => (row: NotifyPolicy) =>
  row.project === project.id && row.user === user;

/** The level of a user; null for somebody who is neither a member nor watches the project. */
export function levelOf(state: State, project: Project, actor: Actor): number | null {
  if (actor === null) return null;
  const policy = state.notifyPolicies.find(isPolicyOf(project, actor.id));
  if (policy !== undefined) return policy.notify_level;
  return findMembership(state, actor, project) === undefined ? null : INVOLVED;
}

/** The stored row, made now if there is none. */
export function policyOf(
  state: State,
  project: Project,
  user: number,
  level = INVOLVED,
): NotifyPolicy {
  const stored = state.notifyPolicies.find(isPolicyOf(project, user));
  if (stored !== undefined) return stored;
  const policy: NotifyPolicy = {
    id: allocateId(state, "notifyPolicies"),
    project: project.id,
    user,
    notify_level: level,
    live_notify_level: 1,
    web_notify_level: true,
  };
  state.notifyPolicies.push(policy);
  return policy;
}

/** Members and others who hear about a project, in the order of their names. */
export function listWatchers(state: State, project: Project): User[] {
  const members = state.memberships.filter((row) => row.project === project.id);
  const others = state.notifyPolicies.filter((row) => row.project === project.id);
  const ids = new Set([...members, ...others].map((row) => row.user));
  return [...ids]
    .map((id) => mustFind(state.users, id))
    .filter((user) => levelOf(state, project, user) !== NO_NOTICES)
    .toSorted((a, b) => a.full_name.localeCompare(b.full_name, "en"));
}

/** The policies of a user in the projects where they are a member, made where missing. */
export const listPolicies = (state: State, user: User): NotifyPolicy[] =>
  state.memberships
    .filter((row) => row.user === user.id)
    .map((row) => policyOf(state, findById(state.projects, row.project)!, user.id));
