import { ToolError } from "../../errors.ts";
import { fence } from "../../text/fence.ts";
import { type LockWrites } from "../../calls/write-locks.ts";
import { type Confirmations } from "../../calls/confirmation.ts";
import { type DeletionTarget, readDeletionTarget } from "./deletion-target.ts";
import { describeDrift, encodeSeenVersions } from "./drift.ts";
import { collectProblems } from "../../schema/problems.ts";
import { needsProject } from "../locate.ts";
import { type ItemFailure, NOT_ATTEMPTED, toItemFailure } from "../outcome.ts";
import { type LocateDeps } from "../target.ts";
import { quote } from "../../text/quote.ts";

export interface DeleteRequest {
  refs: readonly string[];
  project: string | undefined;
  /** The confirmation from the first call; if omitted, nothing is deleted. */
  confirm: string | undefined;
}

export interface DeleteDeps extends LocateDeps {
  lockWrites: LockWrites;
  confirmations: Confirmations;
  /** `YYYY-MM-DD` */
  today: string;
  signal: AbortSignal;
  reportProgress(done: number, total: number, message: string): Promise<void>;
}

/** The outcome of one target; `ref` can be used as it is in the next call. */
export type DeleteOutcome = { ref: string; target: DeletionTarget } & (
  | { outcome: "would_delete" | "deleted" }
  | ItemFailure
);

export interface DeleteResult {
  outcomes: DeleteOutcome[];
  /** The confirmation to pass to the second call. */
  confirm?: string;
}

/**
 * Deletes in two calls. The first reads everything that would be deleted and signs it; the second
 * reads it again and deletes only if nothing has changed. Taiga's own delete checks no version and
 * cannot be undone.
 *
 * @throws {ToolError} that names every problem of the input; `version_conflict` with the difference
 *   when something changed since it was shown.
 */
export async function deleteItems(request: DeleteRequest, deps: DeleteDeps): Promise<DeleteResult> {
  const targets = await readAll(request, deps);
  const toRef = createRefWriter(targets, request.project);
  if (request.confirm === undefined) {
    return {
      outcomes: targets.map((one) => ({ ref: toRef(one), target: one, outcome: "would_delete" })),
      confirm: `${deps.confirmations.sign(toFacts(targets))}${encodeSeenVersions(targets)}`,
    };
  }
  await verifyConfirmed(request.confirm, targets, deps);
  return { outcomes: await removeAll(targets, toRef, deps) };
}

async function readAll(request: DeleteRequest, deps: DeleteDeps): Promise<DeletionTarget[]> {
  const { project } = request;
  const targets = await collectProblems(request.refs, (reference, index) =>
    readDeletionTarget(reference, deps, { project, field: `refs[${index}]` }),
  );
  return [...new Map(targets.map((one) => [toKey(one), one])).values()];
}

const toKey = ({ kind, id }: DeletionTarget): string => `${kind} ${id}`;

/** The facts that a confirmation signs, independent of the order of the references. */
const toFacts = (targets: readonly DeletionTarget[]): object =>
  targets
    .map((one) => ({
      key: toKey(one),
      // A sprint has no version, but its line shows its dates and how much it contains.
      state: one.kind === "sprint" ? one.line : one.version,
      children: one.children.map(({ id, version }) => [id, version]),
    }))
    .toSorted((a, b) => (a.key < b.key ? -1 : 1));

async function verifyConfirmed(
  confirm: string,
  targets: readonly DeletionTarget[],
  { confirmations, taiga }: DeleteDeps,
): Promise<void> {
  const [token = ""] = confirm.split("~");
  const verdict = confirmations.verify(token, toFacts(targets));
  if (verdict === "valid") return;
  if (verdict === "expired") {
    throw new ToolError(
      "invalid_argument",
      "confirm: this token is too old. Nothing was deleted. Call again without it to see what would be deleted.",
    );
  }
  throw new ToolError(
    "version_conflict",
    `confirm: this is not what you were shown. Nothing was deleted. Call again without confirm to see what would be deleted now. The difference:\n${fence(await describeDrift(confirm, targets, taiga))}`,
  );
}

async function removeAll(
  targets: readonly DeletionTarget[],
  toRef: (one: DeletionTarget) => string,
  deps: DeleteDeps,
): Promise<DeleteOutcome[]> {
  const outcomes = new Map<DeletionTarget, DeleteOutcome>();
  const storyOf = (one: DeletionTarget) =>
    targets.find(({ kind, id }) => kind === "story" && id === one.parentId);
  let stopped = false;
  // Taiga deletes a story's tasks with it, so a task named beside its story needs no request.
  const separate = targets.filter((one) => storyOf(one) === undefined);
  for (const [index, one] of separate.entries()) {
    const head = { ref: toRef(one), target: one };
    if (stopped || deps.signal.aborted) {
      outcomes.set(one, { ...head, ...NOT_ATTEMPTED });
      continue;
    }
    try {
      await deps.lockWrites(`${one.kind} ${one.id}`, one.name, () => one.remove());
      outcomes.set(one, { ...head, outcome: "deleted" });
    } catch (error) {
      const { failure, stops } = toItemFailure(error);
      stopped = stops;
      outcomes.set(one, { ...head, ...failure });
    }
    await deps.reportProgress(index + 1, separate.length, `${quote(head.ref)} done`);
  }
  return targets.map((one) => {
    const outcome = outcomes.get(storyOf(one) ?? one)!;
    return { ...outcome, ref: toRef(one), target: one };
  });
}

function createRefWriter(targets: readonly DeletionTarget[], project: string | undefined) {
  const qualified = needsProject(targets, project);
  return ({ project: { slug }, name }: DeletionTarget): string => {
    if (!qualified) return name;
    return name.startsWith("#") ? `${slug}${name}` : `${slug}#${name}`;
  };
}
