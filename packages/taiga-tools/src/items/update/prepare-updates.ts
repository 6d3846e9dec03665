import { type BaseVersion, parseVersion } from "../version.ts";
import { type Clock, toToday } from "../../clock.ts";
import { ToolError } from "../../errors.ts";
import { type SprintChoice } from "../../projects/find-sprint.ts";
import { verifyPermission, verifyWritable } from "../../projects/permissions.ts";
import { collectProblems, describeIssues } from "../../schema/problems.ts";
import { quote } from "../../text/quote.ts";
import { Changes } from "../changes/change-fields.ts";
import { resolveChanges, type ResolvedChanges } from "../changes/resolve-changes.ts";
import { TAIGA_WORDS } from "../../kinds.ts";
import { locate, type Located, needsProject } from "../locate.ts";
import { createTargetFinder, type LocateDeps } from "../target.ts";

export interface UpdateItemsRequest {
  /** Items with changes of their own, which override the shared ones. */
  items: readonly { ref: string; version?: string | undefined; [field: string]: unknown }[];
  set: Changes;
  project: string | undefined;
  dryRun: boolean;
}

export interface PrepareDeps extends LocateDeps {
  clock: Clock;
}

/** An item and its changes, by ids. */
export interface Prepared {
  ref: string;
  located: Located;
  changes: ResolvedChanges;
  base: BaseVersion | undefined;
  /** For a task: the story of the same call with which Taiga moves it to a sprint. */
  follows?: { story: Located; sprint: SprintChoice };
}

/** `path` locates the item in the input, such as `items[2]`. */
type Found = Omit<Prepared, "follows"> & { path: string };

/**
 * Looks up all items and the names in their changes.
 * @throws {ToolError} that names every problem of the input.
 */
export async function prepareUpdates(
  request: UpdateItemsRequest,
  deps: PrepareDeps,
): Promise<Prepared[]> {
  const prepare = createPreparation(request, deps);
  const found = await collectProblems(request.items, (_item, index) => prepare(index));
  verifyDistinct(found);
  const prepared = await collectProblems(found, (one) => placeTask(one, found, deps));
  const located = prepared.map((one) => one.located);
  const qualified = needsProject(located, request.project);
  return prepared.map((one) => ({ ...one, ref: toRef(one.located, qualified) }));
}

const toRef = ({ item, project }: Located, qualified: boolean): string =>
  `${qualified ? project.slug : ""}#${item.ref}`;

/** Refuses the same item twice: the second change would conflict with the first. */
function verifyDistinct(prepared: readonly Found[]): void {
  const seen = new Set<string>();
  for (const { located } of prepared) {
    const key = `${located.item.kind} ${located.item.id}`;
    if (seen.has(key)) {
      throw new ToolError(
        "invalid_argument",
        `items: ${quote(located.reference)} is listed twice.`,
      );
    }
    seen.add(key);
  }
}

/** Looks up one item and its changes; resolves shared changes once for each project and kind. */
function createPreparation(request: UpdateItemsRequest, deps: PrepareDeps) {
  const shared = new Map<string, Promise<ResolvedChanges>>();
  const resolveDeps = { ...deps, today: toToday(deps.clock), findTarget: createTargetFinder(deps) };

  const resolve = async (changes: Changes, { item, project }: Located, path: string) =>
    resolveChanges(
      changes,
      { kind: item.kind, project, path },
      { ...resolveDeps, me: await deps.projects.me() },
    );
  const resolveShared = (located: Located) => {
    const key = `${located.project.id} ${located.item.kind}`;
    const known = shared.get(key) ?? resolve(request.set, located, "set.");
    shared.set(key, known);
    return known;
  };

  return async (index: number): Promise<Found> => {
    const { ref, version, ...own } = request.items[index]!;
    const path = `items[${index}]`;
    const base = version === undefined ? undefined : parseVersion(version, `${path}.version`);
    const ownChanges = parseOwn(own, path);
    const located = await locate(ref, deps, { project: request.project, field: `${path}.ref` });
    const changes = {
      ...(await resolveShared(located)),
      ...(await resolve(ownChanges, located, `${path}.`)),
    };
    verifyAllowed(located, changes, path);
    return { ref, path, located, changes, base };
  };
}

/** Parses an item's own changes, which are next to its reference and not in the listed schema. */
function parseOwn(own: Record<string, unknown>, path: string): Changes {
  const parsed = Changes.safeParse(own);
  if (parsed.success) return parsed.data;
  throw new ToolError("invalid_argument", describeIssues(parsed.error, path));
}

function verifyAllowed({ item, project }: Located, changes: ResolvedChanges, path: string): void {
  const { comment, epics, stories, ...fields } = changes;
  const hasFields = Object.keys(fields).length > 0;
  const hasLinks = epics !== undefined || stories !== undefined;
  if (!hasFields && !hasLinks && comment === undefined) {
    throw new ToolError("invalid_argument", `${path}: no change is given, either here or in set.`);
  }
  verifyWritable(project, path);
  const { permission } = TAIGA_WORDS[item.kind];
  if (hasLinks) verifyPermission(project, [TAIGA_WORDS.epic.permission.modify], path);
  if (hasFields || comment !== undefined) {
    const enough = hasFields ? [permission.modify] : [permission.modify, permission.comment];
    verifyPermission(project, enough, path);
  }
}

/**
 * Decides about the sprint of a task, which is always that of its story: Taiga ignores another one.
 * A task that is named beside its story goes along with it.
 */
async function placeTask(
  { path, ...one }: Found,
  all: readonly Found[],
  { taiga }: PrepareDeps,
): Promise<Prepared> {
  const { item } = one.located;
  const { sprint, ...changes } = one.changes;
  if (item.kind !== "task" || sprint === undefined) return one;
  const { parent } = changes;
  const storyId = parent === undefined ? item.user_story : (parent?.id ?? null);
  if (storyId === null) return one;
  const story = all.find(
    ({ located }) => located.item.kind === "story" && located.item.id === storyId,
  );
  const moved = story?.changes.sprint;
  if (story !== undefined && moved !== undefined && moved.id === sprint.id) {
    return { ...one, changes, follows: { story: story.located, sprint } };
  }
  const current =
    story?.located.item.milestone ??
    (parent === undefined ? item.milestone : (await taiga.userStories.getById(storyId)).milestone);
  if (moved === undefined && sprint.id === current) return one;
  throw new ToolError(
    "invalid_argument",
    `${path}.sprint: task #${item.ref} is always in the sprint of its story${parent === undefined || parent === null ? "" : ` ${parent.name}`}; move the story instead, and the task goes along.`,
  );
}
