import { permissionFor, type Actor, mustBeUser, verifyPermission } from "../model/access.ts";
import type { Context, Save } from "../model/context.ts";
import type { Body } from "../http/fields.ts";
import { recordChange, recordCreation } from "../history/history.ts";
import {
  assignColumns,
  readItem,
  verifyPlace,
  type ItemRules,
  type ItemValues,
} from "./item-rules.ts";
import { KINDS, type ItemRows } from "../model/kinds.ts";
import { allocateId, allocateRef, findById, mustFind } from "../model/rows.ts";
import { takeSnapshot } from "../history/snapshots.ts";
import type { Item, ItemKind, Project, User } from "../model/state.ts";
import { itemRows, settleAround, toRecorded } from "./item-rows.ts";
import {
  addWatchers,
  applyTags,
  findForEdit,
  newItem,
  touch,
  verifyItemVersion,
  verifyMove,
} from "./writes.ts";

/**
 * `POST /{kind}`. Validation comes before permission here.
 *
 * @throws {ApiError} as Taiga answers.
 */
export function createItem<Kind extends ItemKind>(
  context: Context,
  rules: ItemRules<Kind>,
  actor: Actor,
  body: Body,
): ItemRows[Kind] {
  const { state } = context;
  const target = findById(state.projects, Number(body["project"]));
  const values = readItem(state, rules, { body, project: target, isEdit: false });
  const project = mustFind(state.projects, values.project!);
  const author = verifyPermission(state, actor, project, permissionFor("add", rules.kind));
  const item = newRow(context, rules, project, author);
  assignColumns(state, rules, item, values);
  verifyPlace(state, rules, project, item);
  item.version = values.version ?? 1;
  return insertItem(context, rules, item, { author, values });
}

/** Creates an item from columns, without a request: in bulk, by promotion or for a seed. */
export function createPlainItem<Kind extends ItemKind>(
  context: Context,
  rules: ItemRules<Kind>,
  home: { project: Project; author: User },
  columns: Partial<ItemRows[Kind]>,
): ItemRows[Kind] {
  const { project, author } = home;
  const item = Object.assign(newRow(context, rules, project, author), columns);
  rules.align?.(context.state, item);
  return insertItem(context, rules, item, { author, values: {} });
}

const newRow = <Kind extends ItemKind>(
  context: Context,
  rules: ItemRules<Kind>,
  project: Project,
  author: User,
): ItemRows[Kind] =>
  ({
    ...newItem(context, project, author),
    ...rules.newColumns(context, project),
  }) as unknown as ItemRows[Kind];

function insertItem<Kind extends ItemKind>(
  context: Context,
  rules: ItemRules<Kind>,
  item: ItemRows[Kind],
  { author, values }: { author: User; values: ItemValues },
): ItemRows[Kind] {
  const { state } = context;
  const project = mustFind(state.projects, item.project);
  item.id = allocateId(state, KINDS[rules.kind].table);
  item.ref = allocateRef(state, project);
  // Taiga checks a story's points last, so invalid points leave a gap in the numbers.
  rules.complete?.(context, item, values);
  rules.onNumbered?.(item);
  if (values.tags) applyTags(project, item, values.tags);
  addWatchers(state, item, [item.description]);
  itemRows(context, rules).push(item);
  settleAround(context, rules, item);
  recordCreation(context, toRecorded(rules, item), author);
  return item;
}

/** A written item and the board positions that changed with it, for kinds with positions. */
export interface EditedItem<Kind extends ItemKind> {
  item: ItemRows[Kind];
  orderUpdated: Record<string, number> | undefined;
}

/** A request to change an item. */
interface Edit {
  actor: Actor;
  id: number | undefined;
  body: Body;
}

/**
 * `PATCH /{kind}/{id}`. The checks come in this order: permission, validation, version, then
 * whether the project is writable and whether all references belong to it.
 *
 * @throws {ApiError} as Taiga answers; nothing has changed then.
 */
export const editItem = <Kind extends ItemKind>(
  context: Context,
  rules: ItemRules<Kind>,
  edit: Edit,
): EditedItem<Kind> => planEdit(context, rules, edit)();

/**
 * Checks an edit as {@link editItem} does, and returns what stores it.
 *
 * @throws {ApiError} as Taiga answers.
 */
export function planEdit<Kind extends ItemKind>(
  context: Context,
  rules: ItemRules<Kind>,
  edit: Edit,
): Save<EditedItem<Kind>> {
  const { state } = context;
  const { item, edited, values } = checkEdit(context, rules, edit);
  const author = mustBeUser(edit.actor);
  const project = mustFind(state.projects, edited.project);
  const colors = { ...project.tags_colors };
  return () => {
    const before = takeSnapshot(state, toRecorded(rules, item));
    const old = structuredClone(item);
    if (edited.project !== old.project) edited.ref = allocateRef(state, project);
    Object.assign(item, edited, ownTables(item, values));
    if (values.tags) {
      project.tags_colors = colors;
      applyTags(project, item, values.tags);
    }
    const orderUpdated = rules.reorder?.(context, item, old);
    rules.carry?.(state, item, old);
    touch(context, item);
    settleAround(context, rules, item, old);
    const comment = values.comment ?? "";
    recordChange(context, toRecorded(rules, item), { before, author, comment });
    const texts = [comment, values.description ?? ""];
    addWatchers(state, item, texts, comment === "" ? undefined : author);
    return { item, orderUpdated };
  };
}

/** What Taiga counts in the database or keeps in tables of their own, and so never writes back. */
const ownTables = (current: Pick<Item, "version" | "watchers">, values: ItemValues) => ({
  version: current.version,
  ...(values.watchers === undefined && { watchers: current.watchers }),
});

/** The item before and after the edit; stores nothing. */
function checkEdit<Kind extends ItemKind>(
  context: Context,
  rules: ItemRules<Kind>,
  { actor, id, body }: Edit,
) {
  const { state } = context;
  const { kind } = rules;
  const item: ItemRows[Kind] = findForEdit(state, actor, { kind, id }, body);
  const project = mustFind(state.projects, item.project);
  const values = readItem(state, rules, { body, project, isEdit: true });
  verifyItemVersion(state, kind, item, { version: values.version, body });
  const edited = structuredClone(item);
  assignColumns(state, rules, edited, values);
  verifyPlace(state, rules, project, edited);
  verifyMove(state, actor, kind, { from: item.project, to: edited.project });
  rules.complete?.(context, edited, values);
  return { item, edited, values };
}
