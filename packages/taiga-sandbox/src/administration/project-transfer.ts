import { randomUUID } from "node:crypto";
import type { Handlers } from "../http/endpoint.ts";
import type { Body } from "../http/fields.ts";
import { findMembership, refusal } from "../model/access.ts";
import type { Context } from "../model/context.ts";
import { ApiError, wrongArguments } from "../model/errors.ts";
import { findById } from "../model/rows.ts";
import type { Project, User } from "../model/state.ts";
import type { ProjectAction } from "./project-action.ts";

/**
 * Changing the owner: an administrator asks for it, the owner offers it to a member, and the member
 * accepts or rejects with the token that Taiga mails. Here an administrator reads it in
 * `transfer_token` of the project, which Taiga shows there, too.
 */
export function transferActions(context: Context, action: ProjectAction): Record<string, Handlers> {
  const { state } = context;
  return {
    transfer_request: action("modify_project", "any", () => undefined),
    transfer_start: action(null, "any", (project, user, body) => {
      if (project.owner !== user.id) throw refusal(user);
      if (body["user"] === undefined) throw wrongArguments("Invalid user id");
      const receiver = findById(state.users, Number(body["user"]));
      if (receiver === undefined) throw new ApiError(400, "The user doesn't exist");
      if (findMembership(state, receiver, project) === undefined) {
        throw new ApiError(400, "The user must already be a project member");
      }
      project.transfer = { token: `${receiver.id}:${randomUUID()}`, user: receiver.id };
    }),
    transfer_validate_token: action(null, "any", (project, user, body) => {
      verifyToken(project, user, body["token"] ?? "");
    }),
    transfer_reject: action(null, "any", (project, user, body) => {
      verifyGiven(project, user, body);
      project.transfer = null;
    }),
    transfer_accept: action(null, "any", (project, user, body) => {
      verifyGiven(project, user, body);
      const membership = findMembership(state, user, project);
      if (membership === undefined) throw refusal(user);
      membership.is_admin = true;
      project.owner = user.id;
      project.transfer = null;
    }),
  };
}

/** @throws {ApiError} 400 without a token and with a wrong one. */
function verifyGiven(project: Project, user: User, { token }: Body): void {
  if (token === undefined) throw wrongArguments("Invalid token");
  verifyToken(project, user, token);
}

/** @throws {ApiError} 400 unless it is the token of the last offer, to this user. */
function verifyToken(project: Project, user: User, token: unknown): void {
  const { transfer } = project;
  if (transfer === null || transfer.token !== token || transfer.user !== user.id) {
    throw wrongArguments("Token is invalid");
  }
}
