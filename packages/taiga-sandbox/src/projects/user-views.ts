import { createHash } from "node:crypto";
import { findById, mustFind } from "../model/rows.ts";
import type { State, User } from "../model/state.ts";

const gravatarId = (email: string): string =>
  createHash("md5").update(email.toLowerCase()).digest("hex");

/** A user within another object's `…_extra_info`; null when no user is set. */
export function toUserExtraInfo(state: State, id: number | null) {
  const user = findById(state.users, id);
  if (user === undefined) return null;
  return {
    username: user.username,
    full_name_display: user.full_name,
    photo: null,
    big_photo: null,
    gravatar_id: gravatarId(user.email),
    is_active: user.is_active,
    id: user.id,
  };
}

/** A user as others see it: without e-mail, and with the roles in all projects. */
export function toPublicUser(state: State, user: User) {
  const roles = state.memberships
    .filter((member) => member.user === user.id)
    .map((member) => mustFind(state.roles, member.role).name);
  return {
    id: user.id,
    username: user.username,
    full_name: user.full_name,
    full_name_display: user.full_name,
    color: user.color,
    bio: user.bio,
    lang: user.lang,
    theme: user.theme,
    timezone: user.timezone,
    is_active: user.is_active,
    photo: null,
    big_photo: null,
    gravatar_id: gravatarId(user.email),
    roles: [...new Set(roles)].toSorted(),
  };
}

/** A user's own account. */
export function toOwnUser(state: State, user: User) {
  const owned = state.projects.filter((project) => project.owner === user.id);
  return {
    ...toPublicUser(state, user),
    total_private_projects: owned.filter((project) => project.is_private).length,
    total_public_projects: owned.filter((project) => !project.is_private).length,
    email: user.email,
    uuid: user.uuid,
    date_joined: user.date_joined,
    read_new_terms: true,
    accepted_terms: true,
    max_private_projects: null,
    max_public_projects: null,
    max_memberships_private_projects: null,
    max_memberships_public_projects: null,
    verified_email: true,
  };
}

/** The author within a history entry. */
export function toHistoryUser(state: State, id: number) {
  const user = mustFind(state.users, id);
  return {
    pk: user.id,
    username: user.username,
    name: user.full_name,
    photo: null,
    is_active: user.is_active,
    gravatar_id: gravatarId(user.email),
  };
}
