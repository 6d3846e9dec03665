import { verifyWritable } from "../model/access.ts";
import type { BulkRules } from "./bulk-rules.ts";
import type { Touched } from "./closing.ts";
import type { Context } from "../model/context.ts";
import type { ApiError } from "../model/errors.ts";
import * as field from "../http/fields.ts";
import { statusesOf, type ItemRows } from "../model/kinds.ts";
import { mustFind } from "../model/rows.ts";
import type { Item, ItemKind, Project, State, User } from "../model/state.ts";

/** A row of a project that an item references, with its name in refusals. */
export type OwnReference = [
  what: string,
  rows: readonly { id: number; project: number }[],
  id: number | null,
];

/** How writing one kind of item differs from the others; item-writes.ts does the rest. */
export interface ItemRules<Kind extends ItemKind, Row = ItemRows[Kind]> {
  kind: Kind;
  /** The name of the kind in refusals. */
  title: string;
  /** The fields that can be written, besides those of every kind. */
  fields: (state: State) => field.Readers;
  /** Fields that an edit must not empty, besides those of every kind. */
  kept: readonly string[];
  /** The status and the kind-specific columns of a new item. */
  newColumns: (context: Context, project: Project) => Omit<Row, Exclude<keyof Item, "status">>;
  /** References that must be in the item's own project, in the order of the checks. */
  references: (state: State, item: Row) => OwnReference[];
  /** The refusal of a reference to another project. */
  refuse: (message: string) => ApiError;
  /** Whether references to other projects are checked before a blocked or archived project. */
  referencesFirst: boolean;
  /** Sets the columns derived from other columns, overriding sent values. */
  align?: (state: State, item: Row) => void;
  /** Sets the columns that depend on all other checks; may still refuse. */
  complete?: (context: Context, item: Row, values: ItemValues) => void;
  /** Sets the columns of a new item that depend on its id. */
  onNumbered?: (item: Row) => void;
  /** Makes room on the boards. Returns the positions that changed, by id. */
  reorder?: (context: Context, item: Row, old: Row) => Record<string, number>;
  /** Moves objects that must be in the same sprint as the item. */
  carry?: (state: State, item: Row, old: Row) => void;
  /** The stories and sprints that a change of the item may close or reopen. */
  touched: (item: Row) => Touched;
  /** Removes or unlinks objects that depend on an item about to be deleted. */
  release?: (context: Context, item: Row, author: User) => void;
  bulk: BulkRules<Row>;
}

/** Fields that a new item requires and an edit must not empty. */
const REQUIRED = ["project", "subject"];

const itemFields = (state: State, kind: ItemKind, project: Project | undefined) => ({
  project: field.reference(state.projects),
  subject: field.text(500),
  description: field.text(),
  status: field.reference(statusesOf(state, kind)),
  assigned_to: field.assignee(state, project),
  watchers: field.watchers(state, project),
  tags: field.tags,
  is_blocked: field.flag,
  blocked_note: field.text(),
  external_reference: field.externalReference,
  version: field.wholeNumber,
  comment: field.text(),
});

/** The fields of the kinds with a due date. */
export const dueFields = { due_date: field.day, due_date_reason: field.text() };

/** The item columns that a request sets, including the kind's own columns. */
export type ItemValues = field.Values<ReturnType<typeof itemFields>> & {
  /** Stories only. */
  points?: Record<string, unknown>;
};

/**
 * Reads the fields of a kind; all others are ignored, among them `ref` and `kanban_order`.
 *
 * @param request its project is the one whose members can be assigned.
 * @throws {ApiError} 400 with a list of messages under each refused field.
 */
export const readItem = <Kind extends ItemKind>(
  state: State,
  { kind, fields, kept }: ItemRules<Kind>,
  request: { body: field.Body; project: Project | undefined; isEdit: boolean },
): ItemValues =>
  field.readFields(
    request.body,
    { ...itemFields(state, kind, request.project), ...fields(state) },
    {
      required: request.isEdit ? [...REQUIRED, "status", ...kept] : REQUIRED,
      isEdit: request.isEdit,
    },
  );

/** Copies the plain columns; points, tags and the comment are not columns. */
export function assignColumns<Kind extends ItemKind>(
  state: State,
  rules: ItemRules<Kind>,
  item: ItemRows[Kind],
  values: ItemValues,
): void {
  const { points: _points, tags: _tags, comment: _comment, version: _version, ...columns } = values;
  Object.assign(item, columns);
  if (!item.is_blocked) item.blocked_note = "";
  rules.align?.(state, item);
}

/**
 * Checks that the project is writable and that everything the item references belongs to it.
 *
 * @param project the item's current project, which an edit may change.
 * @throws {ApiError} as Taiga answers.
 */
export function verifyPlace<Kind extends ItemKind>(
  state: State,
  rules: ItemRules<Kind>,
  project: Project,
  item: ItemRows[Kind],
): void {
  if (!rules.referencesFirst) verifyWritable(project);
  for (const [what, rows, id] of rules.references(state, item)) {
    if (id !== null && mustFind(rows, id).project !== item.project) {
      const message = `You don't have permissions to set this ${what} to this ${rules.title}.`;
      throw rules.refuse(message);
    }
  }
  if (rules.referencesFirst) verifyWritable(project);
}

/** `finished_date` follows the status. */
export function stampFinish(
  item: { finished_date: string | null },
  isClosed: boolean,
  now: string,
): void {
  if (isClosed) item.finished_date ??= now;
  else item.finished_date = null;
}
