import type { Request } from "express";
import { group, toId, type Endpoint, type Handlers } from "../../http/endpoint.ts";
import { toBody, type Body } from "../../http/fields.ts";
import { applyFilters, idFilters, readProjectId } from "../../http/filters.ts";
import { resourceRoutes } from "../../http/resource.ts";
import { findMembership, isAllowed, refusal, type Actor } from "../../model/access.ts";
import type { Context } from "../../model/context.ts";
import { ApiError, notFound, wrongArguments } from "../../model/errors.ts";
import { findById, mustFind } from "../../model/rows.ts";
import type { Project, State, User } from "../../model/state.ts";
import { createBulkMembers } from "./member-bulk.ts";
import { isInvitation, listMembers, toMembership, type Member } from "./member-views.ts";
import { createMember, deleteMember, editMember, mayLeave, removeMember } from "./member-writes.ts";

/** `/memberships`: members and invitations. */
export function memberRoutes(context: Context): Record<string, Endpoint> {
  const { state } = context;
  const rows = resourceRoutes<Member>(state, {
    path: "/memberships",
    model: "Membership",
    permission: "view_project",
    rows: () => listMembers(state),
    toView: (row, actor) => toMembership(state, row, isAdmin(state, actor, row)),
    select: (visible, req) => selectMembers(state, visible, req),
    create: (actor, body) => createMember(context, actor, body),
    edit: (actor, id, body) => editMember(context, actor, id, body),
    remove: (actor, id) => deleteMember(context, actor, id),
  });
  const list = rows["/memberships"]!.handlers;
  const single = rows["/memberships/:id"]!.handlers;
  return group("Membership", {
    "/memberships": {
      ...list,
      GET: (req, actor, res) => {
        const answer = list.GET!(req, actor, res) as ReturnType<typeof toMembership>[];
        // Without a project nobody sees addresses, not even administrators.
        return readProjectId(req) === undefined ? answer.map(withoutAddresses) : answer;
      },
    },
    "/memberships/bulk_create": { POST: createBulkMembers(context) },
    "/memberships/remove_user_from_all_my_projects": removeFromAll(context, (body) =>
      findUserToRemove(state, body),
    ),
    "/memberships/remove_invitation_from_all_my_projects": removeFromAll(context, findEmail),
    "/memberships/:id": {
      ...single,
      PATCH: async (req, actor, res) =>
        withoutAddresses((await single.PATCH!(req, actor, res)) as object),
    },
    "/memberships/:id/resend_invitation": {
      POST: (req, actor) => {
        const member = findById(listMembers(state), toId(req.params["id"]));
        const project = member && mustFind(state.projects, member.project);
        if (project === undefined || !isAllowed(state, actor, project, "view_project")) {
          throw notFound();
        }
        // Nothing is mailed; Taiga also accepts members who have long joined.
        if (!isAdmin(state, actor, member!)) throw refusal(actor);
      },
    },
  });
}

const isAdmin = (state: State, actor: Actor, { project }: Member): boolean =>
  actor?.is_superuser === true ||
  findMembership(state, actor, mustFind(state.projects, project))?.is_admin === true;

function withoutAddresses(view: object): object {
  const { email: _email, user_email: _userEmail, ...rest } = view as Record<string, unknown>;
  return rest;
}

/** By project, then by name; invitations come last. */
function selectMembers(state: State, visible: Member[], req: Request): Member[] {
  const projectId = readProjectId(req);
  if (projectId !== undefined && findById(state.projects, projectId) === undefined) {
    throw notFound();
  }
  const projectOf = (row: Member) => mustFind(state.projects, row.project);
  const nameOf = (row: Member) =>
    isInvitation(row) ? `1${row.email}` : `0${mustFind(state.users, row.user).full_name}`;
  const byRole = idFilters<Member>(req, "role", (row) => [row.role], null);
  return applyFilters(visible, byRole).toSorted(
    (a, b) =>
      projectOf(a).name.localeCompare(projectOf(b).name, "en") ||
      a.project - b.project ||
      nameOf(a).localeCompare(nameOf(b), "en"),
  );
}

/** Whom to remove: undefined does not occur, because a reader refuses. */
type Wanted = { user: User } | { email: string };

/** @throws {ApiError} 400 for a missing or an unknown user; the latter as a bare string. */
function findUserToRemove(state: State, body: Body): Wanted {
  if (body["user"] === undefined) throw wrongArguments("Invalid user id");
  const user = findById(state.users, Number(body["user"]));
  if (user === undefined) throw new ApiError(400, "The user doesn't exist");
  return { user };
}

/** @throws {ApiError} 400 without an address. */
function findEmail(body: Body): Wanted {
  const email = body["email"];
  if (typeof email !== "string" || email === "") throw wrongArguments("Email is required");
  return { email };
}

/** Removes a person from all projects that the caller administers. */
const removeFromAll = (context: Context, read: (body: Body) => Wanted): Handlers => ({
  POST: (req, actor) => {
    const { state } = context;
    if (actor === null) throw new Error("Taiga fails with a 500 without a login here.");
    const body = toBody(req.body);
    const wanted = read(body);
    const mine = state.projects.filter(
      (project) =>
        findMembership(state, actor, project)?.is_admin === true &&
        (body["private_only"] !== true || project.is_private),
    );
    if ("user" in wanted) verifyMayLeaveAll(state, mine, wanted.user);
    const ids = new Set(mine.map((project) => project.id));
    for (const member of listMembers(state).filter((row) => ids.has(row.project))) {
      const isWanted = isInvitation(member)
        ? "email" in wanted && member.email === wanted.email
        : "user" in wanted && member.user === wanted.user.id;
      if (isWanted) removeMember(context, member);
    }
  },
});

/** @throws {ApiError} 400 with a bare string that names the projects. */
function verifyMayLeaveAll(state: State, projects: readonly Project[], user: User): void {
  const stuck = projects
    .filter((project) => findMembership(state, user, project) && !mayLeave(state, project, user.id))
    .map((project) => project.name)
    .toSorted((a, b) => a.localeCompare(b, "en"));
  if (stuck.length === 0) return;
  throw new ApiError(
    400,
    `This user can't be removed from the following projects, because that would leave them without any active admin: ${stuck.join(", ")}.`,
  );
}
