import { type Me } from "@taiga-mcp/taiga-client";
import { ToolError } from "../../errors.ts";
import { findByName, isSameName } from "../../schema/names.ts";
import { findMember, isNobody, type Member } from "../../projects/people.ts";
import { type Project } from "../../projects/project-directory.ts";
import { type Changes } from "./change-fields.ts";
import { aKind, ISSUE_CHOICES, type IssueChoice, type ItemKind, TAIGA_WORDS } from "../../kinds.ts";
import { type Target, type TargetFinder } from "../target.ts";
import { quote } from "../../text/quote.ts";

/*
 * Looks up the names in changes. Every function throws a `ToolError` that names the field and
 * offers candidates.
 */

/** A Taiga object by its id and the name that people use. `null` means no such object. */
export interface Named {
  id: number;
  name: string;
}

/** The kind and project of a changed item; `path` locates it in the input, such as `items[2].`. */
export interface ChangeTarget {
  kind: ItemKind;
  project: Project;
  path: string;
}

const nameOf = ({ name }: { name: string }): readonly string[] => [name];

export const findStatus = (name: string, { kind, project, path }: ChangeTarget): Named =>
  findByName(project[TAIGA_WORDS[kind].statuses], name, `${path}status`, nameOf);

/** An issue's type, severity or priority. */
export const findChoice = (
  name: string,
  choice: IssueChoice,
  { project, path }: ChangeTarget,
): Named => findByName(project[ISSUE_CHOICES[choice]], name, `${path}${choice}`, nameOf);

export function findAssignees(
  names: readonly string[],
  { kind, project, path }: ChangeTarget,
  me: Me,
): Member[] {
  const people = names
    .filter((name) => !isNobody(name))
    .map((name) => findMember(project, me, name, `${path}assigned_to`));
  if (kind !== "story" && people.length > 1) {
    throw new ToolError(
      "invalid_argument",
      `${path}assigned_to: ${aKind(kind)} can have only one assignee; only a story can have several.`,
    );
  }
  return people.filter((person, index) => people.findIndex(({ id }) => id === person.id) === index);
}

/** A task's story; `null` for none. */
export async function findParent(
  reference: string,
  target: ChangeTarget,
  deps: LinkDeps,
): Promise<Named | null> {
  if (isNobody(reference)) return null;
  const { project, path } = target;
  const found = await findItem(reference, { field: "parent", kind: "story" }, target, deps);
  if (found.project.id === project.id) return { id: found.id, name: `#${found.ref}` };
  throw new ToolError(
    "invalid_argument",
    `${path}parent: ${quote(reference)} is not a story of ${quote(project.slug)}.`,
  );
}

/** The epics of a story or the stories of an epic, which may belong to other projects. */
export async function findLinked(
  references: readonly string[],
  wanted: { field: string; kind: ItemKind },
  target: ChangeTarget,
  deps: LinkDeps,
): Promise<Named[]> {
  const named = references.filter((reference) => !isNobody(reference));
  const found = await Promise.all(named.map((one) => findItem(one, wanted, target, deps)));
  const unique = new Map(found.map((one) => [one.id, one]));
  return [...unique.values()].map(({ id, ref, project }) => ({
    id,
    name: `${project.id === target.project.id ? "" : project.slug}#${ref}`,
  }));
}

interface LinkDeps {
  findTarget: TargetFinder;
}

async function findItem(
  reference: string,
  { field, kind }: { field: string; kind: ItemKind },
  { project, path }: ChangeTarget,
  { findTarget }: LinkDeps,
): Promise<Target> {
  const place = { project: project.slug, field: `${path}${field}` };
  const found = await findTarget(reference, place);
  if (found.kind === kind) return found;
  throw new ToolError(
    "invalid_argument",
    `${path}${field}: ${quote(reference)} is ${aKind(found.kind)}, not ${aKind(kind)}.`,
  );
}

export function findPoints(
  points: Record<string, string>,
  { project, path }: ChangeTarget,
): { role: Named; points: Named }[] {
  const roles = project.roles.filter(({ computable }) => computable);
  return Object.entries(points).map(([role, value]) => ({
    role: findByName(roles, role, `${path}points`, nameOf),
    points: findByName(project.points, value, `${path}points.${role}`, nameOf),
  }));
}

export function findSwimlane(name: string, { project, path }: ChangeTarget): Named | null {
  if (isNobody(name) && !project.swimlanes.some((lane) => isSameName(lane.name, name))) return null;
  return findByName(project.swimlanes, name, `${path}swimlane`, nameOf);
}

export function findFields(
  fields: NonNullable<Changes["custom_fields"]>,
  { kind, project, path }: ChangeTarget,
): { field: Named; value: string | number | boolean | null }[] {
  const known = project[TAIGA_WORDS[kind].customFields];
  return Object.entries(fields).map(([name, value]) => ({
    field: findByName(known, name, `${path}custom_fields`, nameOf),
    value,
  }));
}
