import { type Me } from "@taiga-mcp/taiga-client";
import { ToolError } from "../mcp/errors.ts";
import { findByName, isSameName } from "../projects/names.ts";
import { findMember, isNobody, type Member } from "../projects/people.ts";
import { type Project, type ProjectDirectory } from "../projects/project-directory.ts";
import { findSprint, type SprintChoice } from "../projects/sprints.ts";
import { type Changes } from "./change-fields.ts";
import { type ItemKind, TAIGA_WORDS } from "./kinds.ts";
import { type Locator } from "./locate.ts";

/** Something with an id in Taiga and a name among people; `null` is its absence. */
interface Named {
  id: number;
  name: string;
}

/** Changes with every name looked up; what is left out stays as it is. */
export interface ResolvedChanges {
  subject?: string;
  description?: string;
  status?: Named;
  /** The first is mainly responsible; empty for nobody. */
  assignees?: Member[];
  sprint?: SprintChoice;
  /** A task's story; `name` is its ref. */
  parent?: Named | null;
  points?: { role: Named; points: Named }[];
  tags?: { replace: string[] } | { add: string[]; remove: string[] };
  dueDate?: string | null;
  blocked?: boolean;
  blockedNote?: string;
  swimlane?: Named | null;
  customFields?: { field: Named; value: string | number | boolean | null }[];
  comment?: string;
}

export interface ResolveDeps {
  projects: ProjectDirectory;
  locate: Locator;
  me: Me;
  /** `YYYY-MM-DD` */
  today: string;
}

/**
 * Looks up every name in some changes to items of one kind in one project.
 *
 * @param path where the changes stand in the input, for the message, such as `items[2].`.
 * @throws {ToolError} that names every field that is wrong, with candidates.
 */
export async function resolveChanges(
  changes: Changes,
  target: { kind: ItemKind; project: Project; path: string },
  deps: ResolveDeps,
): Promise<ResolvedChanges> {
  const { kind, project, path } = target;
  const problems: ToolError[] = [];
  const attempt = async <Result>(look: () => Promise<Result> | Result) => {
    try {
      return await look();
    } catch (error) {
      if (!(error instanceof ToolError)) throw error;
      problems.push(error);
      return undefined;
    }
  };
  const { status, assigned_to, sprint, parent, points, swimlane, custom_fields } = changes;
  const only = <Value>(field: string, itsKind: ItemKind, look: () => Value) => {
    if (kind === itsKind) return look();
    throw new ToolError("invalid_argument", `${path}${field}: only a ${itsKind} has it.`);
  };

  const named = {
    status:
      status === undefined
        ? undefined
        : await attempt(() =>
            findByName(project[TAIGA_WORDS[kind].statuses], status, `${path}status`, nameOf),
          ),
    assignees: assigned_to && (await attempt(() => findAssignees(assigned_to, target, deps.me))),
    sprint:
      sprint === undefined
        ? undefined
        : await attempt(() =>
            findSprint(deps.projects, project, sprint, {
              today: deps.today,
              field: `${path}sprint`,
            }),
          ),
    parent:
      parent === undefined
        ? undefined
        : await attempt(() => only("parent", "task", () => findParent(parent, target, deps))),
    points:
      points && (await attempt(() => only("points", "story", () => findPoints(points, target)))),
    swimlane:
      swimlane === undefined
        ? undefined
        : await attempt(() => only("swimlane", "story", () => findSwimlane(swimlane, target))),
    customFields: custom_fields && (await attempt(() => findFields(custom_fields, target))),
  };
  if (problems.length > 0) throw joinProblems(problems);
  return withoutUndefined({ ...named, ...plainChanges(changes) });
}

const MAX_PROBLEMS = 10;

/** Several problems as one error, so that one repetition mends them all. */
export function joinProblems(problems: readonly ToolError[]): ToolError {
  const messages = [...new Set(problems.map(({ message }) => message))];
  const [only] = problems;
  if (only !== undefined && messages.length === 1) return only;
  const shown = messages.slice(0, MAX_PROBLEMS);
  const more = messages.length - shown.length;
  const tail = more > 0 ? [`and ${more} more problems`] : [];
  return new ToolError("invalid_argument", [...shown, ...tail].join("\n"));
}

/** Whether changes bring a tag that the project does not know yet, so that its metadata changes. */
export function hasNewTag({ tags }: ResolvedChanges, project: Project): boolean {
  if (tags === undefined) return false;
  const written = "replace" in tags ? tags.replace : tags.add;
  return written.some((tag) => !Object.hasOwn(project.tags_colors, tag));
}

const nameOf = ({ name }: { name: string }): readonly string[] => [name];

function plainChanges(changes: Changes) {
  const { subject, description, tags, add_tags, remove_tags, due_date, comment } = changes;
  const lower = (list: readonly string[] = []) => [
    ...new Set(list.map((tag) => tag.toLowerCase()).filter((tag) => tag !== "")),
  ];
  const merged = add_tags !== undefined || remove_tags !== undefined;
  return {
    subject,
    description,
    tags:
      tags !== undefined
        ? { replace: lower(tags) }
        : merged
          ? { add: lower(add_tags), remove: lower(remove_tags) }
          : undefined,
    dueDate: due_date === undefined ? undefined : isNobody(due_date) ? null : due_date,
    // Whoever tells why something is blocked says that it is.
    blocked: changes.blocked ?? (changes.blocked_note ? true : undefined),
    blockedNote: changes.blocked_note,
    comment: comment === "" ? undefined : comment,
  };
}

type Target = { kind: ItemKind; project: Project; path: string };

function findAssignees(
  names: readonly string[],
  { kind, project, path }: Target,
  me: Me,
): Member[] {
  const people = names
    .filter((name) => !isNobody(name))
    .map((name) => findMember(project, me, name, `${path}assigned_to`));
  if (kind === "task" && people.length > 1) {
    throw new ToolError("invalid_argument", `${path}assigned_to: a task has one assignee.`);
  }
  return people.filter((person, index) => people.findIndex(({ id }) => id === person.id) === index);
}

async function findParent(
  reference: string,
  { project, path }: Target,
  { locate }: ResolveDeps,
): Promise<Named | null> {
  if (isNobody(reference)) return null;
  const field = `${path}parent`;
  const { item, project: its } = await locate(reference, { project: project.slug, field });
  if (item.kind === "story" && its.id === project.id) return { id: item.id, name: `#${item.ref}` };
  throw new ToolError(
    "invalid_argument",
    `${field}: ${reference} is not a story of ${project.slug}.`,
  );
}

function findPoints(
  points: Record<string, string>,
  { project, path }: Target,
): { role: Named; points: Named }[] {
  const roles = project.roles.filter(({ computable }) => computable);
  return Object.entries(points).map(([role, value]) => ({
    role: findByName(roles, role, `${path}points`, nameOf),
    points: findByName(project.points, value, `${path}points.${role}`, nameOf),
  }));
}

function findSwimlane(name: string, { project, path }: Target): Named | null {
  if (isNobody(name) && !project.swimlanes.some((lane) => isSameName(lane.name, name))) return null;
  return findByName(project.swimlanes, name, `${path}swimlane`, nameOf);
}

function findFields(
  fields: NonNullable<Changes["custom_fields"]>,
  { kind, project, path }: Target,
): NonNullable<ResolvedChanges["customFields"]> {
  const known = project[TAIGA_WORDS[kind].customFields];
  return Object.entries(fields).map(([name, value]) => ({
    field: findByName(known, name, `${path}custom_fields`, nameOf),
    value,
  }));
}

function withoutUndefined<Fields extends object>(
  fields: Fields,
): { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> } {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as ReturnType<typeof withoutUndefined<Fields>>;
}
