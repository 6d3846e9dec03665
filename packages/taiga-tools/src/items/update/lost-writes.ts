import { type HistoryEntry } from "@taiga-mcp/taiga-client";
import { type Project } from "../../projects/project-directory.ts";
import { quote } from "../../text/quote.ts";
import { type ResolvedChanges } from "../changes/resolve-changes.ts";
import { toFieldName, toHistoryFields } from "../history-fields.ts";
import { TAIGA_WORDS } from "../../kinds.ts";
import { type Item, type ItemPatch } from "../taiga-items.ts";
import { toAuthor } from "./conflicts.ts";
import { toDifference } from "./difference.ts";
import {
  isEntryOf,
  isRestorable,
  isSame,
  type Key,
  RESTORABLE,
  toChange,
  toRaw,
} from "./raw-fields.ts";
import { type FieldsRequest, type WriteDeps } from "./write-request.ts";

/** One write, by this call. */
export interface Written {
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

/** Finds in the history what this write and those of others have undone of each other. */
export async function findLostWrites(
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
