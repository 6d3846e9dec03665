import { recordDeletion } from "../history/history.ts";
import { mustBeUser, verifyWritable, type Actor } from "../model/access.ts";
import type { Context } from "../model/context.ts";
import type { ItemRows } from "../model/kinds.ts";
import { mustFind } from "../model/rows.ts";
import type { ItemKind, User } from "../model/state.ts";
import type { ItemRules } from "./item-rules.ts";
import { itemRows, settleAround, toRecorded } from "./item-rows.ts";
import { findForDelete } from "./writes.ts";

/**
 * `DELETE /{kind}/{id}`.
 *
 * @throws {ApiError} as Taiga answers.
 */
export function removeItem<Kind extends ItemKind>(
  context: Context,
  rules: ItemRules<Kind>,
  actor: Actor,
  id: number | undefined,
): void {
  const { state } = context;
  const item: ItemRows[Kind] = findForDelete(state, actor, { kind: rules.kind, id });
  verifyWritable(mustFind(state.projects, item.project));
  deleteItem(context, rules, mustBeUser(actor), item);
}

/** Deletes an item and everything that depends on it. The caller has checked the rights. */
export function deleteItem<Kind extends ItemKind>(
  context: Context,
  rules: ItemRules<Kind>,
  author: User,
  item: ItemRows[Kind],
): void {
  rules.release?.(context, item, author);
  recordDeletion(context, toRecorded(rules, item), author);
  const rows = itemRows(context, rules);
  rows.splice(rows.indexOf(item), 1);
  settleAround(context, rules, item);
}
