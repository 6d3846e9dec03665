import { type HistoryEntry, TaigaError } from "@taiga-mcp/taiga-client";
import { isExpected } from "../../errors.ts";
import { type Project } from "../../projects/project-directory.ts";
import { quote } from "../../text/quote.ts";
import { type ResolvedChanges } from "../changes/resolve-changes.ts";
import { assigneeIds } from "../item-words.ts";
import { toFieldName, toHistoryFields } from "../history-fields.ts";
import { TAIGA_WORDS } from "../../kinds.ts";
import { createTaigaItems, type Item, type ItemPatch } from "../taiga-items.ts";
import { toAuthor } from "./conflicts.ts";
import { toDifference } from "./difference.ts";
import { type WriteDeps, type FieldsRequest } from "./write-request.ts";

/** How often an item is written again because others write at the same moment. */
const MAX_ROUNDS = 3;

/** The fields, by Taiga's names, that this module can put back. */
const RESTORABLE = [
  "subject",
  "description",
  "status",
  "milestone",
  "assigned_to",
  "assigned_users",
  "user_story",
  "points",
  "tags",
  "swimlane",
  "due_date",
  "due_date_reason",
  "is_blocked",
  "blocked_note",
  "type",
  "severity",
  "priority",
  "color",
  "client_requirement",
  "team_requirement",
  "is_iocaine",
] as const;
type Key = (typeof RESTORABLE)[number];

export interface FieldsWritten {
  /** As it is after the write. */
  item: Item;
  notes: string[];
}

/**
 * Writes an item's fields, and checks that no other write was lost. Taiga checks the version, but then
 * saves the whole row as the request has read it: of two requests that overlap, the later one undoes
 * the earlier one, and both succeed. Then the item has counted more than one version since it was
 * read, and the history shows what was undone: this function writes it again.
 *
 * @throws {TaigaError} from the first write; later failures become notes.
 */
export async function writeFields(write: FieldsRequest, deps: WriteDeps): Promise<FieldsWritten> {
  const items = createTaigaItems(deps.taiga);
  const notes: string[] = [];
  let { item: before } = write;
  let { patch } = write.plan;
  let item: Item = await items.update(before.kind, before.id, {
    ...patch,
    version: before.version,
  });
  try {
    for (let round = 1; ; round += 1) {
      // A comment cannot be undone, so what is saved after it need not be looked for.
      if (!isComment(patch)) item = await items.getById(before.kind, before.id);
      if (item.version === before.version + 1) break;
      const found = await compareWithOthers({ before, patch, item }, write, deps);
      notes.push(...found.told);
      if (Object.keys(found.patch).length === 0) break;
      if (round > MAX_ROUNDS) {
        notes.push(
          `Others keep writing ${found.names.join(", ")}: it may be undone again. ${CHECK}`,
        );
        break;
      }
      await write.turn.verifyHeld();
      ({ patch } = found);
      before = item;
      item = await items.update(before.kind, before.id, { ...patch, version: before.version });
      notes.push(...found.mended);
    }
  } catch (error) {
    if (!isExpected(error)) throw error;
    const isPlain = notes.length === 0 && item.version === before.version + 1;
    if (!isPlain) {
      notes.push(`Somebody wrote this item at the same moment, and a change may be lost. ${CHECK}`);
    }
    if (error instanceof TaigaError && error.code === "aborted") throw error;
  }
  return { item, notes };
}

const isComment = (patch: ItemPatch): boolean =>
  Object.keys(patch).every((key) => key === "comment");

const CHECK = "get_items with include history shows what happened.";

interface Written {
  /** As it was read before the write. */
  before: Item;
  patch: ItemPatch;
  /** As it was read after the write. */
  item: Item;
}

interface Comparison {
  /** What was undone, to be written again. */
  patch: ItemPatch;
  /** The fields of `patch`, by the tools' names. */
  names: string[];
  /** What to say when `patch` was written. */
  mended: string[];
  /** What to say in any case. */
  told: string[];
}

async function compareWithOthers(
  written: Written,
  { request, project }: FieldsRequest,
  { taiga, me }: WriteDeps,
): Promise<Comparison> {
  const { patch, item } = written;
  const history = await taiga.history.list(TAIGA_WORDS[item.kind].type, item.id);
  const own = history.findIndex((entry) => entry.user?.pk === me.id && isEntryOf(entry, patch));
  const context: Context = {
    ...written,
    changes: request.changes,
    project,
    later: history.slice(0, Math.max(own, 0)),
    earlier: history.slice(own + 1),
  };
  const found: Comparison = { patch: {}, names: [], mended: [], told: [] };
  const ownEntry = history[own];
  if (ownEntry !== undefined) findUndoneByUs(found, ownEntry, context);
  findUndoneByOthers(found, own === -1 ? { ...context, later: history } : context);
  return found;
}

interface Context extends Written {
  changes: ResolvedChanges;
  project: Project;
  /** The history entries after that of this write, newest first. */
  later: readonly HistoryEntry[];
  earlier: readonly HistoryEntry[];
}

/** What others wrote between this write's read and its save. */
function findUndoneByUs(found: Comparison, ownEntry: HistoryEntry, context: Context): void {
  const { before, patch, item, changes, project, earlier } = context;
  for (const key of RESTORABLE) {
    const [theirs, ours] = toChange(ownEntry, key) ?? [];
    const author = earlier.find((entry) => isSame(toChange(entry, key)?.[1], theirs));
    if (ours === undefined || author === undefined || isSame(theirs, toRaw(before, key))) continue;
    const field = toFieldName(key) ?? key;
    const name = (value: unknown) =>
      quote(
        toHistoryFields(
          { ...ownEntry, diff: { [key]: [null, value] } },
          { kind: item.kind, project },
        )[0]?.after ?? "",
      );
    const restored =
      key in patch
        ? key === "tags" && changes.tags !== undefined && "add" in changes.tags
          ? mergeTags(theirs as string[], toRaw(before, "tags") as string[], changes.tags)
          : undefined
        : theirs;
    if (restored === undefined) {
      found.told.push(
        `@${toAuthor(author)} had set ${field} to ${name(theirs)} at the same moment; it is ${name(ours)} now.`,
      );
    } else if (isSame(ours, toRaw(item, key)) && !isSame(restored, ours)) {
      Object.assign(found.patch, toPatch(key, restored, item));
      found.names.push(field);
      found.mended.push(
        `@${toAuthor(author)} wrote this item at the same moment: ${field} is ${name(restored)} again.`,
      );
    }
  }
}

/** What others changed after this write, or undid because they had read the item before it. */
function findUndoneByOthers(found: Comparison, context: Context): void {
  const { before, patch, item, changes, project, later } = context;
  for (const lost of toDifference(item, changes, project)) {
    const { field, after, parts } = lost;
    const keys = Object.keys(lost.patch).filter(
      (key): key is Key => key in patch && isRestorable(key),
    );
    const entry = later.find((one) =>
      keys.some((key) => isSame(toChange(one, key)?.[1], toRaw(item, key))),
    );
    if (entry === undefined) continue;
    if (parts !== undefined || keys.every((key) => isSame(toRaw(item, key), toRaw(before, key)))) {
      Object.assign(found.patch, lost.patch);
      found.names.push(field);
      found.mended.push(
        `A write of @${toAuthor(entry)} at the same moment had undone ${field}; it was written again.`,
      );
      continue;
    }
    const owner = { kind: item.kind, project };
    const theirs = toHistoryFields(entry, owner).find((past) => past.field === field)?.after;
    found.told.push(
      `@${toAuthor(entry)} changed ${field} to ${quote(theirs ?? "")} at the same moment; your ${quote(after)} is not in Taiga now.`,
    );
  }
}

/** The tags that others wrote, with this call's changes. */
const mergeTags = (
  theirs: readonly string[],
  before: readonly string[],
  { add, remove }: { add: string[]; remove: string[] },
): string[] | undefined =>
  isSame(theirs, before)
    ? undefined
    : [...new Set([...theirs, ...add])].filter((tag) => !remove.includes(tag));

/** A story's list of assignees is written together with the main one. */
function toPatch(key: Key, value: unknown, item: Item): ItemPatch {
  if (key !== "assigned_users") return { [key]: value };
  const ids = value as number[];
  const main = ids.find((id) => id === item.assigned_to) ?? ids[0] ?? null;
  return { assigned_to: main, assigned_users: ids };
}

const isRestorable = (key: string): key is Key => (RESTORABLE as readonly string[]).includes(key);

/** `[before, after]` of a field in a history entry, by Taiga's name. */
function toChange(entry: HistoryEntry, key: string): [unknown, unknown] | undefined {
  const change = entry.diff[key];
  return Array.isArray(change) ? (change as [unknown, unknown]) : undefined;
}

/** Whether a history entry records this patch. */
const isEntryOf = (entry: HistoryEntry, patch: ItemPatch): boolean =>
  patch.comment !== undefined
    ? entry.comment.trim() === patch.comment.trim()
    : Object.entries(patch).some(([key, value]) => {
        const after = toChange(entry, key)?.[1];
        return key === "points" && after !== undefined
          ? Object.entries(patch.points ?? {}).every(
              ([role, points]) => (after as Record<string, unknown>)[role] === points,
            )
          : isSame(after, value);
      });

/** The value of a field as the history and a patch write it. */
function toRaw(item: Item, key: Key): unknown {
  if (key === "tags") return item.tags.map(([tag]) => tag);
  if (key === "assigned_users") return assigneeIds(item);
  return (item as Record<string, unknown>)[key];
}

/** Whether two values are the same; the order of a list does not matter. */
function isSame(one: unknown, other: unknown): boolean {
  return toComparable(one) === toComparable(other);
}

function toComparable(value: unknown): string {
  if (value === undefined) return "undefined";
  if (Array.isArray(value)) return JSON.stringify(value.map(String).toSorted());
  if (typeof value === "object" && value !== null) {
    return JSON.stringify(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  }
  return JSON.stringify(value);
}
