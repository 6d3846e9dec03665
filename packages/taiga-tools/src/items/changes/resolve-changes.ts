import { type Me } from "@taiga-mcp/taiga-client";
import { ToolError } from "../../errors.ts";
import { toTaigaTag } from "../../projects/tags.ts";
import { collectProblems } from "../../schema/problems.ts";
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

/** Changes with every name resolved to an id; omitted fields keep their values. */
export interface ResolvedChanges {
  subject?: string;
  description?: string;
  status?: Named;
  /** The first is the main assignee; empty to unassign everyone. */
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
 * Resolves every name in changes to items of one kind in one project.
 *
 * @param path where the changes are in the input, for the message, such as `items[2].`.
 * @throws {ToolError} that names every wrong field, with candidates.
 */
export async function resolveChanges(
  changes: Changes,
  target: ChangeTarget,
  deps: ResolveDeps,
): Promise<ResolvedChanges> {
  const { kind, project, path } = target;
  /** Looks up a field if it was given and the kind has it. */
  const given =
    <Value>(
      field: keyof Changes,
      value: Value | undefined,
      kinds: readonly ItemKind[],
      look: (value: Value) => Promise<ResolvedChanges> | ResolvedChanges,
    ) =>
    () => {
      if (value === undefined) return {};
      if (kinds.includes(kind)) return look(value);
      throw new ToolError(
        "invalid_argument",
        `${path}${field}: only ${kinds.map(aKind).join(" or ")} has it.`,
      );
    };
  const choice = (field: "type" | "severity" | "priority") =>
    given(field, changes[field], ["issue"], (name) => ({
      [field]: findChoice(name, field, target),
    }));
  const today = { today: deps.today, field: `${path}sprint` };
  const named = await collectProblems(
    [
      given("status", changes.status, ALL, (name) => ({ status: findStatus(name, target) })),
      given("assigned_to", changes.assigned_to, ALL, (names) => ({
        assignees: findAssignees(names, target, deps.me),
      })),
      given("sprint", changes.sprint, PLANNED, async (name) => ({
        sprint: await findSprint(deps.projects, project, name, today),
      })),
      given("parent", changes.parent, ["task"], async (ref) => ({
        parent: await findParent(ref, target, deps),
      })),
      given("epic", changes.epic, ["story"], async (refs) => ({
        epics: await findLinked(refs, { field: "epic", kind: "epic" }, target, deps),
      })),
      given("stories", changes.stories, ["epic"], async (refs) => ({
        stories: await findLinked(refs, { field: "stories", kind: "story" }, target, deps),
      })),
      choice("type"),
      choice("severity"),
      choice("priority"),
      given("points", changes.points, ["story"], (map) => ({ points: findPoints(map, target) })),
      given("swimlane", changes.swimlane, ["story"], (name) => ({
        swimlane: findSwimlane(name, target),
      })),
      given("color", changes.color, ["epic"], (color) => ({ color: color.toLowerCase() })),
      given("due_date", changes.due_date, PLANNED, (day) => ({
        dueDate: isNobody(day) ? null : day,
      })),
      given("custom_fields", changes.custom_fields, ALL, (fields) => ({
        customFields: findFields(fields, target),
      })),
    ],
    (look) => look(),
  );
  return Object.assign({}, ...named, withoutUndefined(plainChanges(changes, project)));
}

const ALL: readonly ItemKind[] = ITEM_KINDS;
const PLANNED: readonly ItemKind[] = ["story", "task", "issue"];

/** Whether the changes add a tag that is new to the project and so changes its metadata. */
export function hasNewTag({ tags }: ResolvedChanges, project: Project): boolean {
  if (tags === undefined) return false;
  const written = "replace" in tags ? tags.replace : tags.add;
  return written.some((tag) => !Object.hasOwn(project.tags_colors, tag));
}

function plainChanges(changes: Changes, project: Project) {
  const { subject, description, tags, add_tags, remove_tags, comment } = changes;
  const lower = (list: readonly string[] = []) => [
    ...new Set(list.filter((tag) => tag !== "").map((tag) => toTaigaTag(tag, project))),
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
    // A note says why the item is blocked, so it implies blocked.
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
