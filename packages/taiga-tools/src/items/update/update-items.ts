import { type LockWrites } from "../../calls/write-locks.ts";
import { ToolError } from "../../errors.ts";
import { verifyPermission, verifyWritable } from "../../projects/permissions.ts";
import { Changes } from "../changes/change-fields.ts";
import { mapConcurrent } from "../../schema/map-concurrent.ts";
import { collectProblems, describeIssues } from "../../schema/problems.ts";
import { TAIGA_WORDS } from "../../kinds.ts";
import { locate, type Located, needsProject } from "../locate.ts";
import { type ItemFailure, NOT_ATTEMPTED, toItemFailure } from "../outcome.ts";
import { hasNewTag, resolveChanges, type ResolvedChanges } from "../changes/resolve-changes.ts";
import { createTargetFinder, type LocateDeps } from "../target.ts";
import { type Clock, toToday } from "../../clock.ts";
import { updateItem, type UpdateResult } from "./update-item.ts";
import { type BaseVersion, parseVersion } from "../version.ts";
import { quote } from "../../text/quote.ts";

export interface UpdateItemsRequest {
  /** Items with changes of their own, which override the shared ones. */
  items: readonly { ref: string; version?: string | undefined; [field: string]: unknown }[];
  set: Changes;
  project: string | undefined;
  dryRun: boolean;
}

export interface UpdateItemsDeps extends LocateDeps {
  clock: Clock;
  lockWrites: LockWrites;
  signal: AbortSignal;
  reportProgress(done: number, total: number, message: string): Promise<void>;
}

/** The outcome of one item; `ref` can be used as it is in the next call. */
export type UpdateOutcome = { ref: string } & (UpdateResult | ItemFailure);

interface Prepared {
  ref: string;
  located: Located;
  changes: ResolvedChanges;
  base: BaseVersion | undefined;
}

/** How many items are written at a time: one Taiga serves all users. */
const WRITE_LANES = 3;

/**
 * Updates many items. All names and references are looked up first; if one is wrong, nothing is
 * written. Then the items are written, three at a time. A failed item does not stop the others,
 * unless Taiga is unreachable.
 *
 * @throws {ToolError} that names every problem of the input.
 */
export async function updateItems(
  request: UpdateItemsRequest,
  deps: UpdateItemsDeps,
): Promise<UpdateOutcome[]> {
  const prepared = await prepareAll(request, deps);
  const me = await deps.projects.me();
  let stop: { error: unknown } | undefined;
  let done = 0;
  let isAnyDone = false;
  const update = async ({ ref, ...one }: Prepared): Promise<UpdateOutcome> => {
    if (stop !== undefined || deps.signal.aborted) return { ref, ...NOT_ATTEMPTED };
    try {
      const result = await updateItem({ ...one, dryRun: request.dryRun }, { ...deps, me });
      const { project } = one.located;
      if (result.outcome === "updated" && hasNewTag(one.changes, project)) {
        deps.projects.drop(project.id);
      }
      isAnyDone = true;
      return { ref, ...result };
    } catch (error) {
      const { failure, stops } = toItemFailure(error);
      if (stops) stop ??= { error };
      if (!stops || failure.outcome === "unknown") isAnyDone = true;
      return { ref, ...failure };
    } finally {
      done += 1;
      await deps.reportProgress(done, prepared.length, `${quote(ref)} done`);
    }
  };
  const outcomes = await mapConcurrent(prepared, update, WRITE_LANES);
  // Nothing was written, so the whole call fails.
  if (stop !== undefined && !isAnyDone) throw stop.error;
  return outcomes;
}

async function prepareAll(request: UpdateItemsRequest, deps: UpdateItemsDeps): Promise<Prepared[]> {
  const prepare = createPreparation(request, deps);
  const prepared = await collectProblems(request.items, (_item, index) => prepare(index));
  verifyDistinct(prepared);
  const located = prepared.map((one) => one.located);
  const qualified = needsProject(located, request.project);
  return prepared.map((one) => ({ ...one, ref: toRef(one.located, qualified) }));
}

const toRef = ({ item, project }: Located, qualified: boolean): string =>
  `${qualified ? project.slug : ""}#${item.ref}`;

/** Refuses the same item twice: the second change would conflict with the first. */
function verifyDistinct(prepared: readonly Prepared[]): void {
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
function createPreparation(request: UpdateItemsRequest, deps: UpdateItemsDeps) {
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

  return async (index: number): Promise<Prepared> => {
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
    return { ref, located, changes, base };
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
  const { sprint, parent } = changes;
  const keepsStory = item.kind === "task" && item.user_story !== null && parent !== null;
  if (sprint !== undefined && sprint.id !== item.milestone && keepsStory) {
    throw new ToolError(
      "invalid_argument",
      `${path}.sprint: task #${item.ref} is always in the sprint of its story; move the story instead.`,
    );
  }
}
