import { ToolError } from "../../errors.ts";
import { verifyPermission, verifyWritable } from "../../projects/permissions.ts";
import { type Project } from "../../projects/project-directory.ts";
import { type NewItem } from "../changes/change-fields.ts";
import { collectProblems } from "../../schema/problems.ts";
import { type ItemKind, TAIGA_WORDS } from "../../kinds.ts";
import {
  resolveChanges,
  type ResolveDeps,
  type ResolvedChanges,
} from "../changes/resolve-changes.ts";
import { type ItemPatch } from "../taiga-items.ts";
import { createTargetFinder, type LocateDeps } from "../target.ts";
import { type Clock, toToday } from "../../clock.ts";

/** An item that is ready to be created: all names are resolved, all permissions checked. */
export interface PlannedItem {
  kind: ItemKind;
  project: Project;
  /** Position in the input: `2`, or `2.0` for a task of item 2; names the recorded steps. */
  path: string;
  subject: string;
  changes: ResolvedChanges;
  /** A story's tasks, created after it. */
  tasks: PlannedItem[];
}

/**
 * Resolves all names in the items to create.
 *
 * @throws {ToolError} that names every problem, with candidates.
 */
export async function planCreation(
  request: { items: readonly NewItem[]; project: string | undefined },
  deps: LocateDeps & { clock: Clock },
): Promise<PlannedItem[]> {
  if (countPlanned(request.items) > MAX_TOTAL) {
    throw new ToolError(
      "invalid_argument",
      `items: at most ${MAX_TOTAL} in one call, tasks included.`,
    );
  }
  const me = await deps.projects.me();
  const plan = createItemPlan(request.project, {
    ...deps,
    me,
    today: toToday(deps.clock),
    findTarget: createTargetFinder(deps),
  });
  return collectProblems(request.items, (item, index) => plan(item, String(index)));
}

function createItemPlan(sharedProject: string | undefined, deps: ResolveDeps) {
  const planFields = async (
    { subject, ...wanted }: Omit<NewItem, "kind" | "project" | "tasks">,
    place: { kind: ItemKind; project: Project; path: string },
  ): Promise<PlannedItem> => {
    const target = { ...place, path: `items[${place.path}].` };
    return { ...place, subject, changes: await resolveChanges(wanted, target, deps), tasks: [] };
  };

  return async (newItem: NewItem, path: string): Promise<PlannedItem> => {
    const { kind = "story", project: own, tasks = [], ...fields } = newItem;
    const project = await deps.projects.resolve(own ?? sharedProject);
    const hasLinks = fields.epic !== undefined || fields.stories !== undefined;
    const needs = { kind, tasks: tasks.length, hasLinks };
    const looks: (() => Promise<PlannedItem> | undefined)[] = [
      () => verifyCreatable(needs, project, `items[${path}]`),
      () => planFields(fields, { kind, project, path }),
      ...tasks.map(
        (task, position) => () =>
          planFields(task, { kind: "task", project, path: `${path}.${position}` }),
      ),
    ];
    const planned = await collectProblems(looks, (look) => look());
    const [item, ...children] = planned.filter((one) => one !== undefined);
    return { ...item!, tasks: children };
  };
}

/** Items in one call, including the tasks of stories. */
const MAX_TOTAL = 200;

/** Counts planned items, including the tasks of stories. */
export const countPlanned = (
  planned: readonly { tasks?: readonly unknown[] | undefined }[],
): number => planned.reduce((sum, { tasks = [] }) => sum + 1 + tasks.length, 0);

function verifyCreatable(
  { kind, tasks, hasLinks }: { kind: ItemKind; tasks: number; hasLinks: boolean },
  project: Project,
  path: string,
): undefined {
  if (kind !== "story" && tasks > 0) {
    throw new ToolError("invalid_argument", `${path}.tasks: only a story has tasks.`);
  }
  verifyWritable(project, path);
  verifyPermission(project, [TAIGA_WORDS[kind].permission.add], path);
  if (tasks > 0) verifyPermission(project, [TAIGA_WORDS.task.permission.add], `${path}.tasks`);
  if (hasLinks) verifyPermission(project, [TAIGA_WORDS.epic.permission.modify], path);
}

/** The values to send to Taiga; custom fields and epic links have requests of their own. */
export function toCreateValues({ changes, kind }: PlannedItem): ItemPatch {
  const { assignees, tags, points } = changes;
  const ids = assignees?.map(({ id }) => id) ?? [];
  const values: ItemPatch = {
    description: changes.description,
    status: changes.status?.id,
    assigned_to: ids[0],
    assigned_users: kind === "story" && ids.length > 0 ? ids : undefined,
    milestone: changes.sprint?.id ?? undefined,
    user_story: changes.parent?.id,
    points: points && Object.fromEntries(points.map((one) => [one.role.id, one.points.id])),
    tags: tags !== undefined && "replace" in tags ? tags.replace : undefined,
    due_date: changes.dueDate ?? undefined,
    is_blocked: changes.blocked,
    blocked_note: changes.blockedNote,
    swimlane: changes.swimlane?.id,
    type: changes.type?.id,
    severity: changes.severity?.id,
    priority: changes.priority?.id,
    color: changes.color,
  };
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
