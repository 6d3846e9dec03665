import { type Me } from "@taiga-mcp/taiga-client";
import { ToolError } from "../../errors.ts";
import { isNobody, type Member } from "../../projects/people.ts";
import { type Project, type ProjectDirectory } from "../../projects/project-directory.ts";
import { findSprint, type SprintChoice } from "../../projects/find-sprint.ts";
import { type Changes } from "./change-fields.ts";
import {
  type ChangeTarget,
  findAssignees,
  findChoice,
  findFields,
  findLinked,
  findPoints,
  findStatus,
  findParent,
  findSwimlane,
  type Named,
} from "./find-values.ts";
import { aKind, ITEM_KINDS, type ItemKind } from "../../kinds.ts";
import { type TargetFinder } from "../target.ts";

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
  /** All epics that a story belongs to; `name` is the ref. */
  epics?: Named[];
  /** All stories that an epic has; `name` is the ref. */
  stories?: Named[];
  type?: Named;
  severity?: Named;
  priority?: Named;
  color?: string;
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
  findTarget: TargetFinder;
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
  target: ChangeTarget,
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
  /** Looks up what was given, if the kind has it. */
  const given = <Value, Result>(
    field: keyof Changes,
    value: Value | undefined,
    kinds: readonly ItemKind[],
    look: (value: Value) => Promise<Result> | Result,
  ) =>
    value === undefined
      ? undefined
      : attempt(() => {
          if (kinds.includes(kind)) return look(value);
          throw new ToolError(
            "invalid_argument",
            `${path}${field}: only ${kinds.map(aKind).join(" or ")} has it.`,
          );
        });
  const choice = (field: "type" | "severity" | "priority") =>
    given(field, changes[field], ["issue"], (name) => findChoice(name, field, target));
  const today = { today: deps.today, field: `${path}sprint` };

  const named = {
    status: await given("status", changes.status, ALL, (name) => findStatus(name, target)),
    assignees: await given("assigned_to", changes.assigned_to, ALL, (names) =>
      findAssignees(names, target, deps.me),
    ),
    sprint: await given("sprint", changes.sprint, PLANNED, (name) =>
      findSprint(deps.projects, project, name, today),
    ),
    parent: await given("parent", changes.parent, ["task"], (ref) => findParent(ref, target, deps)),
    epics: await given("epic", changes.epic, ["story"], (refs) =>
      findLinked(refs, { field: "epic", kind: "epic" }, target, deps),
    ),
    stories: await given("stories", changes.stories, ["epic"], (refs) =>
      findLinked(refs, { field: "stories", kind: "story" }, target, deps),
    ),
    type: await choice("type"),
    severity: await choice("severity"),
    priority: await choice("priority"),
    points: await given("points", changes.points, ["story"], (map) => findPoints(map, target)),
    swimlane: await given("swimlane", changes.swimlane, ["story"], (name) =>
      findSwimlane(name, target),
    ),
    color: await given("color", changes.color, ["epic"], (color) => color.toLowerCase()),
    dueDate: await given("due_date", changes.due_date, PLANNED, (day) =>
      isNobody(day) ? null : day,
    ),
    customFields: await given("custom_fields", changes.custom_fields, ALL, (fields) =>
      findFields(fields, target),
    ),
  };
  if (problems.length > 0) throw joinProblems(problems);
  return withoutUndefined({ ...named, ...plainChanges(changes) });
}

const ALL: readonly ItemKind[] = ITEM_KINDS;
const PLANNED: readonly ItemKind[] = ["story", "task", "issue"];

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

function plainChanges(changes: Changes) {
  const { subject, description, tags, add_tags, remove_tags, comment } = changes;
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
    // Whoever tells why something is blocked says that it is.
    blocked: changes.blocked ?? (changes.blocked_note ? true : undefined),
    blockedNote: changes.blocked_note,
    comment: comment === "" ? undefined : comment,
  };
}

function withoutUndefined<Fields extends object>(
  fields: Fields,
): { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> } {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as ReturnType<typeof withoutUndefined<Fields>>;
}
