import { type CustomAttributeValues, type Me, TaigaError } from "@taiga-mcp/taiga-client";
import { type LockWrites, type Turn } from "../../calls/write-locks.ts";
import { ToolError } from "../../errors.ts";
import { toCustomFieldsChange } from "./custom-field-changes.ts";
import { type Conflict, entriesOfFields, findConflicts, findLaterChanges } from "./conflicts.ts";
import { type FieldChange, toDifference } from "./difference.ts";
import { type LinkDeps, toLinksChange } from "../changes/epic-links.ts";
import { TAIGA_WORDS } from "../../kinds.ts";
import { type Located } from "../locate.ts";
import { toNotified } from "../changes/notified.ts";
import { hasNewTag, type ResolvedChanges } from "../changes/resolve-changes.ts";
import { decodeSeen, encodeSeen, type SeenFields } from "../seen-fields.ts";
import { createTaigaItems, type Item } from "../taiga-items.ts";
import { type BaseVersion, toSeenVersion, toVersionText } from "../version.ts";
import { type PlannedWrite } from "./write-request.ts";
import { writeUpdate } from "./write-update.ts";

export interface UpdateRequest {
  located: Located;
  changes: ResolvedChanges;
  /** The version that the caller saw; by default the current one. */
  base?: BaseVersion | undefined;
  /** Compares, but writes nothing. */
  dryRun: boolean;
}

export interface UpdateResult {
  outcome: "updated" | "would_update" | "unchanged" | "conflict";
  /** The version after the update. */
  version: string;
  changes: Pick<FieldChange, "field" | "before" | "after">[];
  conflicts: Conflict[];
  /** Usernames whom Taiga notifies by default: owner, assignees, followers, mentioned people. */
  notified: string[];
  /** What failed after a part of the item was written, and what others wrote at the same moment. */
  note?: string;
}

export interface UpdateDeps extends LinkDeps {
  me: Me;
  lockWrites: LockWrites;
}

/** How often an update is compared again because others write at the same moment. */
const MAX_ATTEMPTS = 5;

/**
 * Updates one item without overwriting other users' changes. Changes that others made since `base`
 * are kept if they concern other fields. If they concern the same fields they are conflicts, and
 * nothing of the item is written.
 *
 * One call at a time writes an item. People who write in Taiga's own pages take no turn: Taiga finds
 * most conflicts with them, and `writeUpdate` finds and mends what it cannot.
 *
 * @throws {ToolError} `invalid_argument` for a version that the item never had, `busy`.
 * @throws {TaigaError}
 */
export async function updateItem(request: UpdateRequest, deps: UpdateDeps): Promise<UpdateResult> {
  const { item } = request.located;
  const base = request.base ?? { item: item.version, seen: encodeSeen(item) };
  if (request.dryRun) {
    const { planned, isDone } = await compare(item, base, request, deps);
    return isDone ? planned : { ...planned, outcome: "would_update" };
  }
  return deps.lockWrites(`${item.kind} ${item.id}`, `#${item.ref}`, (turn) =>
    updateInTurn(base, request, deps, turn),
  );
}

async function updateInTurn(
  base: BaseVersion,
  request: UpdateRequest,
  deps: UpdateDeps,
  turn: Turn,
): Promise<UpdateResult> {
  const { project } = request.located;
  let { item } = request.located;
  const readAgain = () => createTaigaItems(deps.taiga).getById(item.kind, item.id);
  if (turn.waited) item = await readAgain();
  for (let attempt = 1; ; attempt += 1) {
    const { plan, planned, isDone } = await compare(item, base, request, deps);
    if (isDone) return planned;
    const write = () => writeUpdate({ item, plan, request, project, turn }, deps);
    try {
      // Taiga saves the project's list of tags as a whole: two new tags at once would lose one.
      const written = hasNewTag(request.changes, project)
        ? await deps.lockWrites(`tags ${project.id}`, "the project's tags", write)
        : await write();
      return { ...planned, ...written, outcome: "updated" };
    } catch (error) {
      const overtaken = error instanceof TaigaError && error.code === "version_conflict";
      if (!overtaken || attempt === MAX_ATTEMPTS) throw error;
      // Somebody changed the item in Taiga between the read and the write: compare again.
      item = await readAgain();
    }
  }
}

async function compare(
  item: Item,
  base: BaseVersion,
  request: UpdateRequest,
  deps: UpdateDeps,
): Promise<{ plan: UpdatePlan; planned: UpdateResult; isDone: boolean }> {
  const { changes, located } = request;
  const plan = await planUpdate(item, base, request, deps);
  const isConflict = plan.conflicts.length > 0;
  const isUnchanged = plan.shown.length === 0;
  const custom = plan.customValues && { customFields: plan.customValues.version };
  const planned: UpdateResult = {
    outcome: isConflict ? "conflict" : "unchanged",
    version: toSeenVersion(item, custom, plan.kept),
    changes: plan.shown,
    conflicts: plan.conflicts,
    notified: isUnchanged ? [] : toNotified(item, changes, located.project, deps.me),
  };
  return { plan, planned, isDone: isConflict || isUnchanged };
}

interface UpdatePlan extends PlannedWrite {
  conflicts: Conflict[];
  shown: Pick<FieldChange, "field" | "before" | "after">[];
}

async function planUpdate(
  item: Item,
  base: BaseVersion,
  request: UpdateRequest,
  { taiga, projects }: LinkDeps,
): Promise<UpdatePlan> {
  const { changes } = request;
  const { project } = request.located;
  const { type } = TAIGA_WORDS[item.kind];
  const values = changes.customFields && (await taiga.customAttributeValues.get(type, item.id));
  const custom = values && toCustomFieldsChange(changes.customFields, values);
  verifyBase(base, { item: item.version, ...(values && { customFields: values.version }) });

  const difference = toDifference(item, changes, project);
  const links = await toLinksChange(item, changes, { taiga, projects });
  const readHistory = once(() => taiga.history.list(type, item.id));
  const conflicts = [
    ...(await findConflicts(difference, base, { item, project }, readHistory)),
    ...(await findCustomConflicts(custom && values, readHistory)),
  ];
  const { comment } = changes;
  return {
    kept: request.base && toKept(request.base, item, difference),
    patch: {
      ...Object.assign({}, ...difference.map(({ patch }) => patch)),
      ...(comment !== undefined && { comment }),
    },
    custom,
    customValues: values,
    links: links?.links ?? [],
    conflicts,
    shown: [
      ...difference,
      ...(custom === undefined ? [] : [{ field: "custom_fields", ...custom }]),
      ...(links === undefined ? [] : [links]),
      ...(comment === undefined ? [] : [{ field: "comment", before: "", after: comment }]),
    ].map(({ field, before, after }) => ({ field, before, after })),
  };

  async function findCustomConflicts(
    current: CustomAttributeValues | undefined,
    readEntries: typeof readHistory,
  ): Promise<Conflict[]> {
    const missed = (current?.version ?? 0) - (base.customFields ?? current?.version ?? 0);
    if (custom === undefined || missed <= 0) return [];
    const entries = entriesOfFields(await readEntries()).slice(0, missed);
    const change = { field: "custom_fields", after: custom.after, parts: custom.parts };
    return findLaterChanges([change], entries, { kind: item.kind, project });
  }
}

/** What the answer does not show stays unseen, even if others have changed it since. */
function toKept(
  { seen }: BaseVersion,
  item: Item,
  shown: readonly Pick<FieldChange, "field">[],
): SeenFields | undefined {
  if (seen === undefined) return undefined;
  const fields = [...decodeSeen(seen, item)];
  return new Map(fields.filter(([name]) => shown.every(({ field }) => field !== name)));
}

function once<Result>(read: () => Promise<Result>): () => Promise<Result> {
  let result: Promise<Result> | undefined;
  return () => (result ??= read());
}

function verifyBase(base: BaseVersion, current: BaseVersion): void {
  const newer = (one = 0, other = Number.POSITIVE_INFINITY) => one > other;
  if (newer(base.item, current.item) || newer(base.customFields, current.customFields)) {
    throw new ToolError(
      "invalid_argument",
      `version: ${toVersionText(base)} is newer than the item's own ${toVersionText(current)}; use the version that get_items shows for this item.`,
    );
  }
}
