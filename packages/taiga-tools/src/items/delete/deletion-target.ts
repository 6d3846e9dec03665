import { type TaigaClient } from "@taiga-mcp/taiga-client";
import { ToolError } from "../../errors.ts";
import { verifyPermission, verifyWritable } from "../../projects/permissions.ts";
import { type Project } from "../../projects/project-directory.ts";
import { toSprintLine, toSprintText } from "../../projects/sprint-line.ts";
import { findSprint } from "../../projects/find-sprint.ts";
import { toOneLine } from "../../text/clean.ts";
import { toItemLine } from "../item-line.ts";
import { permissionsTo } from "../../kinds.ts";
import { locateAny, type Located, type LocatedPage } from "../locate.ts";
import { parseAnyReference, type SprintReference } from "../reference.ts";
import { type SummaryContext, toSummary } from "../summary.ts";
import { createTaigaItems, type Item } from "../taiga-items.ts";
import { type LocateDeps } from "../target.ts";

/** An item, wiki page or sprint to delete, with everything that would be deleted with it. */
export interface DeletionTarget {
  reference: string;
  project: Project;
  kind: Item["kind"] | "wiki" | "sprint";
  id: number;
  /** `#42`, `wiki:page`, `sprint:Sprint 5`. */
  name: string;
  /** A one-line description that starts with the name. */
  line: string;
  /** Taiga's version; 0 for sprints, which have none. */
  version: number;
  /** A story's tasks, which Taiga deletes with it. */
  children: { ref: number; id: number; version: number; line: string }[];
  /** What belongs to the target but is not deleted. */
  keeps?: string;
  /** For a task: the story with which Taiga would delete it. */
  parentId?: number;
  remove(): Promise<void>;
}

/** Page size; far more tasks than a story has in practice, and than an answer can show. */
const MAX_CHILDREN = 1_000;

/**
 * Reads the target that a reference names, and everything that would be deleted with it.
 *
 * @throws {ToolError} for a target that does not exist or may not be deleted.
 */
export async function readDeletionTarget(
  reference: string,
  deps: LocateDeps & { today: string },
  options: { project: string | undefined; field: string },
): Promise<DeletionTarget> {
  const parsed = parseAnyReference(reference, deps.taigaWebUrl, options.field);
  const target =
    "sprint" in parsed
      ? await readSprintTarget(parsed, reference, deps, options)
      : await toDeletionTarget(await locateAny(reference, deps, options), deps);
  verifyWritable(target.project, options.field);
  verifyPermission(target.project, permissionsTo("delete", [target.kind]), options.field);
  return target;
}

async function toDeletionTarget(
  located: Located | LocatedPage,
  deps: LocateDeps & { today: string },
): Promise<DeletionTarget> {
  const { reference, project } = located;
  const { taiga } = deps;
  const context = { ...deps, project, qualified: false };
  if ("page" in located) {
    const { page } = located;
    return {
      reference,
      project,
      kind: "wiki",
      id: page.id,
      name: `wiki:${page.slug}`,
      line: toItemLine(toSummary(page, [], context)),
      version: page.version,
      children: [],
      remove: () => taiga.wikiPages.delete(page.id),
    };
  }
  const { item } = located;
  const { id, kind, ref, version } = item;
  return {
    reference,
    project,
    kind,
    id,
    name: `#${ref}`,
    line: toItemLine(toSummary(item, ["status", "assigned_to", "sprint", "parent"], context)),
    version,
    children: await readChildren(item, taiga, context),
    ...(kind === "task" && item.user_story !== null && { parentId: item.user_story }),
    ...(kind === "epic" &&
      toKeptStories(item.user_stories_counts?.total ?? 0, deps.projects.isLimited)),
    remove: () => createTaigaItems(taiga).delete(kind, id),
  };
}

async function readChildren(
  item: Item,
  taiga: TaigaClient,
  context: SummaryContext,
): Promise<DeletionTarget["children"]> {
  if (item.kind !== "story") return [];
  const filter = { project: item.project, user_story: item.id, order_by: "us_order" };
  const { items, hasNext } = await createTaigaItems(taiga).list("task", filter, {
    pageSize: MAX_CHILDREN,
  });
  if (hasNext) {
    throw new ToolError(
      "answer_too_large",
      `refs: #${item.ref} has more than ${MAX_CHILDREN} tasks, too many to show before deleting.`,
    );
  }
  return items.map((task) => ({
    ref: task.ref,
    id: task.id,
    version: task.version,
    line: toItemLine(toSummary(task, ["status", "assigned_to"], context)),
  }));
}

async function readSprintTarget(
  { sprint, project: own }: SprintReference,
  reference: string,
  { taiga, projects, today }: LocateDeps & { today: string },
  options: { project: string | undefined; field: string },
): Promise<DeletionTarget> {
  const project = await projects.resolve(own ?? options.project);
  const { id } = await findSprint(projects, project, sprint, { today, field: options.field });
  if (id === null) {
    throw new ToolError("invalid_argument", `${options.field}: the backlog is not a sprint.`);
  }
  const milestone = await taiga.milestones.getById(id);
  return {
    reference,
    project,
    kind: "sprint",
    id,
    name: `sprint:${toOneLine(milestone.name)}`,
    line: `sprint:${toSprintText(toSprintLine(milestone, today))}`,
    version: 0,
    children: [],
    keeps: "its stories, tasks and issues stay, without a sprint",
    remove: async () => {
      await taiga.milestones.delete(id);
      projects.drop(project.id);
    },
  };
}

/** A limited grant is not told the number, which includes stories of other projects. */
const toKeptStories = (stories: number, isLimited: boolean): { keeps?: string } =>
  isLimited
    ? { keeps: "its stories stay" }
    : stories === 0
      ? {}
      : { keeps: stories === 1 ? "its story stays" : `its ${stories} stories stay` };
