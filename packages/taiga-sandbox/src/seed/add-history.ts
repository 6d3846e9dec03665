import { findMentions } from "../markup.ts";
import { mustFind } from "../rows.ts";
import type { HistoryEntry, Item, ItemKind, UserStory } from "../state.ts";
import { byName } from "./build-project.ts";
import type { Draft, Moment } from "./draft.ts";

/** Who did something to which item, and when. */
interface Happening {
  kind: ItemKind;
  item: Item;
  by: string;
  at: Moment;
}

/** Records a happening. Everything but the creation is one more version of the item. */
export function addEntry(
  { state, at, userId }: Draft,
  {
    kind,
    item,
    by,
    at: moment,
    ...entry
  }: Happening & Pick<HistoryEntry, "type"> & Partial<HistoryEntry>,
): void {
  state.history.push({
    id: `00000000-0000-4000-8000-${String(state.history.length + 1).padStart(12, "0")}`,
    kind,
    object: item.id,
    user: userId(by),
    created_at: at(moment),
    diff: {},
    values: { users: {} },
    comment: "",
    is_hidden: false,
    ...entry,
  });
  if (entry.type === 2) return;
  item.version += 1;
  item.modified_date = at(moment);
}

/** A comment; its author and the people it mentions watch the item from then on. */
export function addComment(draft: Draft, happening: Happening, text: string): void {
  const { item, by } = happening;
  addEntry(draft, { ...happening, type: 1, comment: text });
  const mentioned = findMentions(text, draft.state.users).map((user) => user.id);
  const watchers = new Set([...item.watchers, draft.userId(by), ...mentioned]);
  item.watchers = [...watchers].toSorted((a, b) => a - b);
}

/** Records that a story came from another status to the one it is in. */
export function addMove(
  draft: Draft,
  story: UserStory,
  move: { by: string; at: Moment; from: string },
): void {
  const { state, project } = draft;
  const before = byName(state.storyStatuses, project, move.from);
  const after = mustFind(state.storyStatuses, story.status);
  addEntry(draft, {
    kind: "userstory",
    item: story,
    by: move.by,
    at: move.at,
    type: 1,
    diff: { status: [before.id, after.id] },
    values: { users: {}, status: { [before.id]: before.name, [after.id]: after.name } },
  });
}
