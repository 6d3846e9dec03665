import { type HistoryEntry } from "@taiga-mcp/taiga-client";
import { assigneeIds } from "../item-words.ts";
import { type Item, type ItemPatch } from "../taiga-items.ts";

/*
 * Fields by Taiga's names and with its ids, as patches and the history write them.
 */

/** The fields, by Taiga's names, that can be put back. */
export const RESTORABLE = [
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
export type Key = (typeof RESTORABLE)[number];

export const isRestorable = (key: string): key is Key =>
  (RESTORABLE as readonly string[]).includes(key);

/** `[before, after]` of a field in a history entry, by Taiga's name. */
export function toChange(entry: HistoryEntry, key: string): [unknown, unknown] | undefined {
  const change = entry.diff[key];
  return Array.isArray(change) ? (change as [unknown, unknown]) : undefined;
}

/** Whether a history entry records this patch. */
export const isEntryOf = (entry: HistoryEntry, patch: ItemPatch): boolean =>
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
export function toRaw(item: Item, key: Key): unknown {
  if (key === "tags") return item.tags.map(([tag]) => tag);
  if (key === "assigned_users") return assigneeIds(item);
  return (item as Record<string, unknown>)[key];
}

/** Whether two values are the same; the order of a list does not matter. */
export function isSame(one: unknown, other: unknown): boolean {
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
