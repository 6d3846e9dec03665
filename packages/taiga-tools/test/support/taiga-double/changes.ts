import { TaigaError } from "@taiga-mcp/taiga-client";
import { toText } from "./filters.ts";
import { write } from "./items.ts";
import type { AnyItem, TaigaDouble } from "./state.ts";

/** Changes an item and records who changed what, as Taiga does. */
export function apply(
  double: TaigaDouble,
  item: AnyItem,
  changes: Record<string, unknown>,
  by: string,
): void {
  const home = double.projects.find((one) => one.id === item.project)!;
  const before = structuredClone(item);
  write(item, changes, home);
  item.version += 1;
  const diff: Record<string, unknown> = {};
  for (const key of Object.keys(changes).filter((name) => name !== "comment")) {
    if (JSON.stringify(before[key]) === JSON.stringify(item[key])) continue;
    // Taiga records who is assigned to a story under the list alone.
    if (key === "assigned_to" && "assigned_users" in item) {
      diff["assigned_users"] = [[before[key]], [item[key]]];
    } else diff[key] = [before[key], item[key]];
  }
  const entries = double.history.get(String(item.id)) ?? [];
  double.history.set(String(item.id), [
    {
      id: crypto.randomUUID(),
      created_at: "2026-11-20T10:00:00Z",
      type: 1,
      user: { pk: 6, username: by, name: by },
      comment: toText(changes["comment"] ?? ""),
      edit_comment_date: null,
      delete_comment_date: null,
      diff,
      values_diff: {},
      is_hidden: false,
    },
    ...entries,
  ]);
}

/** `projects/occ/mixins.py`: a stale version conflicts when one of the same keys changed since. */
export function verifyVersion(
  double: TaigaDouble,
  item: AnyItem,
  keys: string[],
  version: number,
): void {
  if (version > item.version) throw new TaigaError("version_invalid", "version: not valid");
  const missed = (double.history.get(String(item.id)) ?? []).slice(0, item.version - version);
  if (missed.some(({ diff }) => keys.some((key) => key in diff))) {
    throw new TaigaError("version_conflict", "The version doesn't match", { status: 400 });
  }
}
