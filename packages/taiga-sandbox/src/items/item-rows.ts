import type { Recorded } from "../history/snapshots.ts";
import { toTimestamp, type Context } from "../model/context.ts";
import { rowsOf, type ItemRows } from "../model/kinds.ts";
import type { ItemKind } from "../model/state.ts";
import { settle } from "./closing.ts";
import type { ItemRules } from "./item-rules.ts";

/** The table of a kind. */
export const itemRows = <Kind extends ItemKind>({ state }: Context, { kind }: ItemRules<Kind>) =>
  rowsOf(state, kind) as ItemRows[Kind][];

/** An item with its kind. */
export const toRecorded = <Kind extends ItemKind>(
  { kind }: ItemRules<Kind>,
  item: ItemRows[Kind],
) => ({ kind, item }) as unknown as Recorded;

/** Updates the parents of an item, both current and previous ones. */
export function settleAround<Kind extends ItemKind>(
  { state, clock }: Context,
  { touched }: ItemRules<Kind>,
  ...versions: ItemRows[Kind][]
): void {
  for (const version of versions) settle(state, touched(version), toTimestamp(clock()));
}
