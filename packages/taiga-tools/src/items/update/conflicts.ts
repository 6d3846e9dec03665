import { type HistoryEntry } from "@taiga-mcp/taiga-client";
import { type Project } from "../../projects/project-directory.ts";
import { type FieldHistory, toHistoryFields } from "../history-fields.ts";
import { decodeSeen, toSeenFields } from "../seen-fields.ts";
import { type Item } from "../taiga-items.ts";
import { type BaseVersion } from "../version.ts";
import { type FieldChange } from "./difference.ts";

/** Another user's change to a field that this call would change. */
export interface Conflict {
  field: string;
  /** Username. */
  by: string;
  /** ISO 8601, UTC. */
  at: string;
  /** The value they set. */
  theirs: string;
  /** The value that this call would set. */
  yours: string;
}

type Wanted = Pick<FieldChange, "field" | "before" | "after" | "parts">;

interface Owner {
  item: Item;
  project: Project;
}

/**
 * Finds the changes that conflict with what others changed since `base`: the field has another value
 * than the caller saw. Changes to different parts of one field (another tag, another role's points)
 * do not conflict. For a field that the version does not tell about, the versions that Taiga has
 * counted since decide.
 *
 * @param readHistory newest first; asked only if something has changed.
 */
export async function findConflicts(
  changes: readonly Wanted[],
  base: BaseVersion,
  { item, project }: Owner,
  readHistory: () => Promise<readonly HistoryEntry[]>,
): Promise<Conflict[]> {
  const seen = base.seen === undefined ? new Map<string, string>() : decodeSeen(base.seen, item);
  const current = toSeenFields(item);
  const known = changes.filter(({ field }) => seen.has(field));
  const drifted = known.filter(({ field }) => seen.get(field) !== current.get(field));
  const counted = item.version > base.item ? changes.filter(({ field }) => !seen.has(field)) : [];
  if (drifted.length + counted.length === 0) return [];
  const history = await readHistory();
  const owner = { kind: item.kind, project };
  const missed = entriesOfItem(history).slice(0, item.version - base.item);
  return [
    ...drifted.flatMap((change) => {
      const entries =
        change.field === "points" ? pointsSince(history, item, seen.get("points")) : history;
      return toDriftConflict(change, entries, { item, project });
    }),
    ...findLaterChanges(counted, missed, owner),
  ];
}

/** A field that the caller saw with another value, whatever the history can tell about it. */
function toDriftConflict(
  change: Wanted,
  history: readonly HistoryEntry[],
  { item, project }: Owner,
): Conflict[] {
  const owner = { kind: item.kind, project };
  const found = history.find((entry) =>
    toHistoryFields(entry, owner).some((past) => overlaps(change, past)),
  );
  // Tags are merged; of points, only the roles count that someone changed.
  if (change.parts !== undefined && found === undefined) return [];
  return [
    {
      field: change.field,
      by: toAuthor(found),
      at: found?.created_at ?? item.modified_date,
      theirs: change.before,
      yours: change.after,
    },
  ];
}

/** The entries that changed a story's points since they had the hash `mark`, newest first. */
function pointsSince(
  history: readonly HistoryEntry[],
  item: Item,
  mark: string | undefined,
): HistoryEntry[] {
  const since: HistoryEntry[] = [];
  if (item.kind !== "story") return since;
  let { points } = item;
  for (const entry of history) {
    if (toSeenFields({ ...item, points }).get("points") === mark) break;
    const change = entry.diff["points"];
    if (!Array.isArray(change)) continue;
    since.push(entry);
    points = { ...points, ...(change[0] as typeof points | null) };
  }
  return since;
}

/** The username of the person who made a change. */
export const toAuthor = (entry: HistoryEntry | undefined): string =>
  entry?.user?.username ?? entry?.user?.name ?? "unknown";

/** @param entries the history since the version that the caller saw, newest first. */
export function findLaterChanges(
  changes: readonly Omit<Wanted, "before">[],
  entries: readonly HistoryEntry[],
  owner: { kind: Item["kind"]; project: Project },
): Conflict[] {
  return changes.flatMap((change) => {
    for (const entry of entries) {
      const theirs = toHistoryFields(entry, owner).find((past) => overlaps(change, past));
      if (theirs === undefined) continue;
      return [
        {
          field: change.field,
          by: toAuthor(entry),
          at: entry.created_at,
          theirs: theirs.after,
          yours: change.after,
        },
      ];
    }
    return [];
  });
}

function overlaps(ours: Pick<FieldChange, "field" | "parts">, theirs: FieldHistory): boolean {
  if (ours.field !== theirs.field) return false;
  if (ours.parts === undefined) return true;
  return theirs.parts?.some((part) => ours.parts?.includes(part)) ?? false;
}

/** Changes that have history entries but do not increase the item's version. */
const UNCOUNTED: readonly string[] = ["attachments", "custom_attributes"];

const entriesOfItem = (history: readonly HistoryEntry[]) =>
  history.filter(({ diff }) => {
    const keys = Object.keys(diff);
    return keys.length === 0 || !keys.every((key) => UNCOUNTED.includes(key));
  });

/** The changes of custom fields, newest first. */
export const entriesOfFields = (history: readonly HistoryEntry[]) =>
  history.filter(({ diff }) => "custom_attributes" in diff);
