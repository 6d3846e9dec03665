import { type LockWrites, type Turn } from "../../calls/write-locks.ts";
import { ToolError } from "../../errors.ts";
import { mapConcurrent } from "../../schema/map-concurrent.ts";
import { createTaigaItems, inSprint, type Item } from "../taiga-items.ts";
import { encodeSeen } from "../seen-fields.ts";
import { toSeenVersion } from "../version.ts";
import { settleFields } from "./field-writes.ts";
import { type Prepared } from "./prepare-updates.ts";
import { compareItem, updateItem, type UpdateDeps, type UpdateResult } from "./update-item.ts";

/** Page size; far more stories than a sprint has in practice. */
const MAX_STORIES = 1_000;

/** Finds the stories that only move to a sprint, two or more to the same one: Taiga takes them all at once. */
export function groupMoves(prepared: readonly Prepared[]): {
  moves: Prepared[][];
  others: Prepared[];
} {
  const groups = Map.groupBy(prepared, ({ located: { item, project }, changes, follows }) => {
    const isMove =
      item.kind === "story" &&
      follows === undefined &&
      Object.keys(changes).length === 1 &&
      (changes.sprint?.id ?? null) !== null;
    return isMove ? `${project.id} ${changes.sprint?.id}` : "";
  });
  const isGroup = ([key, group]: [string, Prepared[]]) => key !== "" && group.length > 1;
  return {
    moves: [...groups].filter(isGroup).map(([, group]) => group),
    others: [...groups].filter((entry) => !isGroup(entry)).flatMap(([, group]) => group),
  };
}

/**
 * Moves stories of one project to one sprint with one request, which counts no version. Stories whose
 * sprint others have changed since the caller saw it are conflicts and stay.
 *
 * @returns the outcome of each story.
 * @throws {TaigaError} when Taiga refuses the request: then it has moved none.
 */
export async function moveToSprint(
  group: readonly Prepared[],
  deps: UpdateDeps,
): Promise<UpdateResult[]> {
  try {
    return await lockAll(group, deps.lockWrites, (turns) => moveInTurn(group, deps, turns));
  } catch (error) {
    // The others need not wait for the one story that is being written.
    if (!(error instanceof ToolError) || error.code !== "busy") throw error;
    return mapConcurrent(group, (one) => updateItem({ ...one, dryRun: false }, deps));
  }
}

/** In one order, so that two groups with common stories do not wait for one another. */
function lockAll<Result>(
  group: readonly Prepared[],
  lockWrites: LockWrites,
  work: (turns: ReadonlyMap<Prepared, Turn>) => Promise<Result>,
): Promise<Result> {
  const turns = new Map<Prepared, Turn>();
  const [first, ...rest] = group.toSorted((a, b) => a.located.item.id - b.located.item.id);
  const lock = (one: Prepared, others: readonly Prepared[]): Promise<Result> => {
    const { id, ref } = one.located.item;
    return lockWrites(`story ${id}`, `#${ref}`, (turn) => {
      turns.set(one, turn);
      const [next, ...remaining] = others;
      return next === undefined ? work(turns) : lock(next, remaining);
    });
  };
  return lock(first!, rest);
}

async function moveInTurn(
  group: readonly Prepared[],
  deps: UpdateDeps,
  turns: ReadonlyMap<Prepared, Turn>,
): Promise<UpdateResult[]> {
  const items = createTaigaItems(deps.taiga);
  const [{ located, changes }] = group as readonly [Prepared, ...Prepared[]];
  const { project } = located;
  const sprintId = changes.sprint!.id!;
  const compared = await mapConcurrent(group, async (one) => {
    const before = one.located.item;
    const turn = turns.get(one)!;
    const item = turn.waited ? await items.getById("story", before.id) : before;
    const base = one.base ?? { item: before.version, seen: encodeSeen(before) };
    return {
      one,
      item,
      turn,
      ...(await compareItem(item, base, { ...one, dryRun: false }, deps)),
    };
  });
  const moved = compared.filter(({ isDone }) => !isDone);
  if (moved.length > 0) {
    for (const { turn } of moved) await turn.verifyHeld();
    const places = moved.map(({ item }, index) => ({ id: item.id, order: toOrder(item, index) }));
    await deps.taiga.boards.moveStoriesToSprint(project.id, sprintId, places);
  }
  const found =
    moved.length === 0
      ? []
      : (await items.list("story", { project: project.id, milestone: sprintId }, PAGE)).items;
  return mapConcurrent(
    compared,
    async ({ one, item, turn, plan, planned, isDone }): Promise<UpdateResult> => {
      if (isDone) return planned;
      const row = found.find(({ id }) => id === item.id);
      const after = inSprint(item, sprintId);
      if (row?.version === item.version) {
        return { ...planned, outcome: "updated", version: toSeenVersion(after, {}, plan.kept) };
      }
      const write = { item, plan, request: one, project, turn };
      const settled = await settleFields(write, after, deps, 0);
      return {
        ...planned,
        outcome: "updated",
        version: toSeenVersion(settled.item, {}, plan.kept),
        ...(settled.notes.length > 0 && { note: settled.notes.join(" ") }),
      };
    },
  );
}

const PAGE = { pageSize: MAX_STORIES };

/** Taiga requires a place in the sprint; stories keep theirs. */
const toOrder = (item: Item, index: number): number =>
  Math.trunc((item.kind === "story" ? item.sprint_order : undefined) ?? index);
