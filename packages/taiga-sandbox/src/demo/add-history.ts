import { announce } from "../history/history.ts";
import { findMentions } from "../model/markup.ts";
import { statusesOf } from "../model/kinds.ts";
import { mustFind } from "../model/rows.ts";
import type { Recorded } from "../history/snapshots.ts";
import type { HistoryEntry, Item, ItemKind, ObjectKind, WikiPage } from "../model/state.ts";
import { byName } from "./build-project.ts";
import type { Draft, Moment } from "./draft.ts";

/** Who did something to which object, and when. */
export interface Happening {
  kind: ObjectKind;
  item: Item | WikiPage;
  by: string;
  at: Moment;
}

type Entry = Pick<HistoryEntry, "type"> & Partial<HistoryEntry>;

/** Records a happening. Everything but the creation is one more version of the object. */
export function addEntry(draft: Draft, happening: Happening & Entry): void {
  addUnversionedEntry(draft, happening);
  if (happening.type === 2) return;
  happening.item.version += 1;
  happening.item.modified_date = draft.at(happening.at);
}

/** Records what leaves the version alone, as attachments do. */
export function addUnversionedEntry(
  { state, at, userId }: Draft,
  { kind, item, by, at: moment, ...entry }: Happening & Entry,
): void {
  const added: HistoryEntry = {
    id: `00000000-0000-4000-8000-${String(state.history.length + 1).padStart(12, "0")}`,
    kind,
    object: item.id,
    user: userId(by),
    created_at: at(moment),
    diff: {},
    values: { users: {} },
    comment: "",
    edit_comment_date: null,
    comment_versions: [],
    delete_comment_date: null,
    delete_comment_user: null,
    is_hidden: false,
    ...entry,
  };
  state.history.push(added);
  announce(state, { kind, item } as Recorded, added);
}

/** A comment; its author and the people it mentions watch the item from then on. */
export function addComment(draft: Draft, happening: Happening, text: string): void {
  const { item, by } = happening;
  addEntry(draft, { ...happening, type: 1, comment: text });
  const mentioned = findMentions(text, draft.state.users).map((user) => user.id);
  const watchers = new Set([...item.watchers, draft.userId(by), ...mentioned]);
  item.watchers = [...watchers].toSorted((a, b) => a - b);
}

/** Records that an item came from another status to the one it is in. */
export function addMove(
  draft: Draft,
  move: { kind: ItemKind; item: Item; by: string; at: Moment; from: string },
): void {
  const { state, project } = draft;
  const { from, ...happening } = move;
  const statuses = statusesOf(state, move.kind);
  const before = byName(statuses, project, from);
  const after = mustFind(statuses, move.item.status);
  addEntry(draft, {
    ...happening,
    type: 1,
    diff: { status: [before.id, after.id] },
    values: { users: {}, status: { [before.id]: before.name, [after.id]: after.name } },
  });
}
