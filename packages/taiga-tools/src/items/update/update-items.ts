import { type LockWrites } from "../../calls/write-locks.ts";
import { ToolError } from "../../errors.ts";
import { mapConcurrent } from "../../schema/map-concurrent.ts";
import { quote } from "../../text/quote.ts";
import { hasNewTag } from "../changes/resolve-changes.ts";
import { toSprintName } from "../item-words.ts";
import { type ItemFailure, NOT_ATTEMPTED, toItemFailure } from "../outcome.ts";
import { toSwitchedOffNote } from "../switched-off.ts";
import { inSprint } from "../taiga-items.ts";
import { toSeenVersion } from "../version.ts";
import { groupMoves, moveToSprint } from "./move-to-sprint.ts";
import {
  type PrepareDeps,
  type Prepared,
  prepareUpdates,
  type UpdateItemsRequest,
} from "./prepare-updates.ts";
import { updateItem, type UpdateResult } from "./update-item.ts";

export interface UpdateItemsDeps extends PrepareDeps {
  lockWrites: LockWrites;
  signal: AbortSignal;
  reportProgress(done: number, total: number, message: string): Promise<void>;
}

/** The outcome of one item; `ref` can be used as it is in the next call. */
export type UpdateOutcome = { ref: string } & (UpdateResult | ItemFailure);

/** How many items are written at a time: one Taiga serves all users. */
const WRITE_LANES = 3;

/**
 * Updates many items. All names and references are looked up first; if one is wrong, nothing is
 * written. Then the items are written, three at a time, and stories that only move to a sprint all
 * at once. A failed item does not stop the others, unless Taiga is unreachable.
 *
 * @throws {ToolError} that names every problem of the input.
 */
export async function updateItems(
  request: UpdateItemsRequest,
  deps: UpdateItemsDeps,
): Promise<UpdateOutcome[]> {
  const prepared = await prepareUpdates(request, deps);
  const itemDeps = { ...deps, me: await deps.projects.me() };
  const outcomes = new Map<Prepared, UpdateOutcome>();
  let stop: { error: unknown } | undefined;
  let isAnyDone = false;

  /** Runs one write of one or more items, whose outcomes it returns. */
  const attempt = async (
    items: readonly Prepared[],
    write: () => Promise<readonly UpdateResult[]>,
  ): Promise<void> => {
    const end = (one: Prepared, outcome: UpdateResult | ItemFailure) =>
      outcomes.set(one, { ref: one.ref, ...outcome });
    const endDone = (one: Prepared, result: UpdateResult) => {
      const isWritten = ["updated", "would_update"].includes(result.outcome);
      const off = isWritten ? toSwitchedOffNote(one.changes, one.located.project) : undefined;
      const note = [result.note, off].filter(Boolean).join(" ");
      end(one, { ...result, ...(note !== "" && { note }) });
    };
    if (stop !== undefined || deps.signal.aborted) {
      for (const one of items) end(one, NOT_ATTEMPTED);
      return;
    }
    try {
      const results = await write();
      isAnyDone = true;
      for (const [index, one] of items.entries()) endDone(one, results[index]!);
    } catch (error) {
      const { failure, stops } = toItemFailure(error);
      if (stops) stop ??= { error };
      if (!stops || failure.outcome === "unknown") isAnyDone = true;
      for (const one of items) end(one, failure);
    }
    const [{ ref }] = items as [Prepared];
    await deps.reportProgress(outcomes.size, prepared.length, `${quote(ref)} done`);
  };

  const updateOne = async (one: Prepared): Promise<UpdateResult> => {
    const result = await updateItem({ ...one, dryRun: request.dryRun }, itemDeps);
    const { project } = one.located;
    if (result.outcome === "updated" && hasNewTag(one.changes, project)) {
      deps.projects.drop(project.id);
    }
    return result;
  };

  const { moves, others } = groupMoves(request.dryRun ? [] : prepared);
  for (const group of moves) await attempt(group, () => moveToSprint(group, itemDeps));
  const [followers, rest] = divide(request.dryRun ? prepared : others, ({ follows }) => !!follows);
  await mapConcurrent(
    rest,
    (one) => attempt([one], async () => [await updateOne(one)]),
    WRITE_LANES,
  );
  const storyOf = ({ follows }: Prepared) =>
    [...outcomes].find(([{ located }]) => located === follows?.story)?.[1];
  await mapConcurrent(
    followers,
    (one) => attempt([one], async () => [await follow(one, storyOf(one), updateOne)]),
    WRITE_LANES,
  );
  // Nothing was written, so the whole call fails.
  if (stop !== undefined && !isAnyDone) throw (stop as { error: unknown }).error;
  return prepared.map((one) => outcomes.get(one)!);
}

/** A task that has gone to a sprint with its story, and its other changes. */
async function follow(
  one: Prepared,
  story: UpdateOutcome | undefined,
  updateOne: (one: Prepared) => Promise<UpdateResult>,
): Promise<UpdateResult> {
  const { located, changes } = one;
  const { item, project } = located;
  const { sprint } = one.follows!;
  const name = `its story #${one.follows!.story.item.ref}`;
  if (story === undefined || !("changes" in story) || story.outcome === "conflict") {
    throw new ToolError("version_conflict", `Nothing was written, because ${name} was not moved.`);
  }
  const moved = inSprint(item, sprint.id);
  const own =
    Object.keys(changes).length > 0
      ? await updateOne(one)
      : ({
          outcome: "unchanged",
          version: toSeenVersion(moved),
          changes: [],
          conflicts: [],
          notified: [],
        } satisfies UpdateResult);
  if (own.outcome === "conflict" || item.milestone === sprint.id) return own;
  const before = toSprintName(item, project) ?? "backlog";
  return {
    ...own,
    outcome: story.outcome === "would_update" ? "would_update" : "updated",
    changes: [{ field: "sprint", before, after: sprint.name }, ...own.changes],
    note: [own.note, `It goes along with ${name}.`].filter(Boolean).join(" "),
  };
}

function divide<Item>(
  items: readonly Item[],
  isFirst: (item: Item) => boolean,
): [first: Item[], second: Item[]] {
  return [items.filter(isFirst), items.filter((item) => !isFirst(item))];
}
