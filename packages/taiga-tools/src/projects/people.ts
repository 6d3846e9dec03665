import { type Me } from "@taiga-mcp/taiga-client";
import { ToolError } from "../errors.ts";
import { findByName, isSameName, nearestNames } from "../schema/names.ts";
import { type Project, type ProjectDirectory } from "./project-directory.ts";
import { toOneLine } from "../text/clean.ts";
import { quote, quoteAll } from "../text/quote.ts";

export type Member = Project["members"][number];

/** Words that mean "no person". */
const NOBODY: readonly string[] = ["nobody", "none", "unassigned", ""];

export const isNobody = (reference: string): boolean =>
  NOBODY.some((word) => isSameName(word, reference));

/**
 * Finds a project's member by `me`, username (also with `@`) or full name. Only the caller can be
 * found by e-mail address, because Taiga does not reveal the addresses of others.
 *
 * @throws {ToolError} `not_found` or `ambiguous_name`, with candidates.
 */
export function findMember(project: Project, me: Me, reference: string, field: string): Member {
  const isMe = isSameName(reference, "me") || isSameName(reference, me.email);
  if (isMe) {
    const member = project.members.find(({ id }) => id === me.id);
    if (member !== undefined) return member;
    throw new ToolError("not_found", `${field}: you are not a member of ${quote(project.name)}.`);
  }
  if (/.@./.test(reference)) throw unknownAddress(project, reference, field);
  return findByName(project.members, reference.replace(/^@/, ""), field, (member) => [
    member.username,
    member.full_name,
  ]);
}

function unknownAddress(project: Project, address: string, field: string): ToolError {
  const [name = address] = address.split("@");
  const near = nearestNames(
    name,
    project.members.flatMap((one) => [one.username, one.full_name]),
  );
  return new ToolError(
    "not_found",
    `${field}: Taiga shows only your own e-mail address, so ${quote(address)} cannot be found. Use a username or full name` +
      (near.length > 0 ? `, perhaps: ${quoteAll(near)}.` : "; get_project lists them."),
  );
}

/**
 * Finds a person by whom items can be searched: also one who has left the project, by the username
 * that rows still show.
 *
 * @throws {ToolError} like `findMember`.
 */
export async function findPerson(
  project: Project,
  directory: Pick<ProjectDirectory, "me" | "findUser">,
  reference: string,
  field: string,
): Promise<Pick<Member, "id" | "username">> {
  try {
    return findMember(project, await directory.me(), reference, field);
  } catch (error) {
    const isUnknown = error instanceof ToolError && error.code === "not_found";
    if (!isUnknown || isSameName(reference, "me")) throw error;
    const former = await directory.findUser(reference.replace(/^@/, ""));
    if (former === undefined) throw error;
    return former;
  }
}

/** A username; the directory must have named people who left the project. */
export const toUsername = (project: Project | undefined, id: number): string =>
  toOneLine(
    project?.members.find((member) => member.id === id)?.username ??
      project?.formerMembers.get(id) ??
      `user ${id}`,
  );
