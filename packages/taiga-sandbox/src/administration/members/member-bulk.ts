import type { Handler } from "../../http/endpoint.ts";
import { toBody, type Body } from "../../http/fields.ts";
import { verifyPermission, verifyWritable, type Actor } from "../../model/access.ts";
import type { Context } from "../../model/context.ts";
import { ApiError, invalidFields } from "../../model/errors.ts";
import { findById } from "../../model/rows.ts";
import type { Project, State } from "../../model/state.ts";
import { findMember, findPerson } from "./member-fields.ts";
import { toMembership } from "./member-views.ts";
import { addMember } from "./member-writes.ts";

/** MAX_PENDING_MEMBERSHIPS in taiga-back's settings. */
const MAX_PENDING = 30;

const REQUIRED = ["This field is required."];

/**
 * `POST /memberships/bulk_create`: all or none.
 *
 * @throws {ApiError} as Taiga answers.
 * @throws {Error} for the user name of a member: Taiga fails with a 500 there.
 */
export const createBulkMembers =
  (context: Context): Handler =>
  (req, actor) => {
    const { state } = context;
    const body = toBody(req.body);
    const missing = ["project_id", "bulk_memberships"].filter(
      (name) => body[name] === undefined || body[name] === null,
    );
    if (missing.length > 0) {
      throw invalidFields(Object.fromEntries(missing.map((name) => [name, REQUIRED])));
    }
    const project = findById(state.projects, Number(body["project_id"]));
    const entries = readEntries(body);
    verifyEntries(state, actor, project, entries);
    const author = verifyPermission(state, actor, project!, "add_member");
    verifyWritable(project!, "blocked only");
    const invited = state.invitations.filter((row) => row.project === project!.id).length;
    if (invited + entries.length > MAX_PENDING) {
      throw new ApiError(400, {
        _error_message: "You have reached the current limit of pending memberships",
        _error_type: "taiga.base.exceptions.NotEnoughSlotsForProject",
      });
    }
    const text = body["invitation_extra_text"];
    const added = entries.map(({ username, role_id }) => {
      if (findMember(state, project!, username) !== undefined) {
        throw new Error(`${username} is a member already.`);
      }
      return addMember(context, project!, author, findPerson(state, actor, username)!, {
        role: role_id,
        invitation_extra_text: typeof text === "string" ? text : undefined,
      });
    });
    return added.map((member) => toMembership(state, member, true));
  };

interface Entry {
  username: string;
  role_id: number;
}

/** @throws {ApiError} 400 with a list that has `{}` for each good entry. */
function readEntries(body: Body): Entry[] {
  const list = body["bulk_memberships"];
  if (!Array.isArray(list)) throw invalidFields({ bulk_memberships: ["Enter a list of values."] });
  const entries = list.map((entry) => (entry ?? {}) as Partial<Entry>);
  verifyAll(entries, ({ username, role_id }) => ({
    ...(!username && { username: REQUIRED }),
    ...((role_id === undefined || role_id === null) && { role_id: REQUIRED }),
  }));
  return entries.map(({ username, role_id }) => ({
    username: String(username),
    role_id: Number(role_id),
  }));
}

/** @throws {ApiError} 400 when the problems of any entry are not empty. */
function verifyAll<Row>(rows: readonly Row[], findProblems: (row: Row) => object): void {
  const problems = rows.map(findProblems);
  if (problems.some((found) => Object.keys(found).length > 0)) {
    throw invalidFields({ bulk_memberships: problems });
  }
}

/** @throws {ApiError} 400 as Taiga answers. */
function verifyEntries(
  state: State,
  actor: Actor,
  project: Project | undefined,
  entries: readonly Entry[],
): void {
  const roles = new Set(
    state.roles.filter((row) => row.project === project?.id).map((row) => row.id),
  );
  const errors = {
    ...(project === undefined && { project_id: ["There's no project with that id"] }),
    ...(!entries.every((entry) => roles.has(entry.role_id)) && {
      bulk_memberships: ["Invalid role ids. All roles must belong to the same project."],
    }),
  };
  if (project === undefined || Object.keys(errors).length > 0) throw invalidFields(errors);
  const names = entries.map((entry) => entry.username);
  if (new Set(names).size < names.length) {
    const message = "You are attempting to invite the same email address multiple times.";
    throw invalidFields({ bulk_memberships: [message] });
  }
  const isTaken = names.some(
    (name) => name.includes("@") && findMember(state, project, name) !== undefined,
  );
  if (isTaken) {
    const message = "The user with this email address is already added to the project.";
    throw invalidFields({ bulk_memberships: [message] });
  }
  verifyAll(entries, ({ username }) =>
    findPerson(state, actor, username) === undefined
      ? { username: ["The user must be a valid contact"] }
      : {},
  );
}
