import { recordChange } from "../history/history.ts";
import { takeSnapshot } from "../history/snapshots.ts";
import type { Context } from "../model/context.ts";
import type { ItemRows } from "../model/kinds.ts";
import type { ItemKind, User } from "../model/state.ts";
import type { ItemRules } from "./item-rules.ts";
import { settleAround, toRecorded } from "./item-rows.ts";

/** Moves an item to a sprint or to another place of a board; it keeps its version. */
export function planItem<Kind extends ItemKind>(
  context: Context,
  rules: ItemRules<Kind>,
  author: User,
  { item, columns }: { item: ItemRows[Kind]; columns: Partial<ItemRows[Kind]> },
): void {
  const { state } = context;
  const before = takeSnapshot(state, toRecorded(rules, item));
  const old = structuredClone(item);
  Object.assign(item, columns);
  rules.carry?.(state, item, old);
  settleAround(context, rules, item, old);
  recordChange(context, toRecorded(rules, item), { before, author, comment: "" });
}
