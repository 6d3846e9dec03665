import { verifyWritable } from "../model/access.ts";
import type { BulkRules } from "./bulk-rules.ts";
import type { Touched } from "./closing.ts";
import type { Context } from "../model/context.ts";
import type { ApiError } from "../model/errors.ts";
import * as field from "../http/fields.ts";
import { statusesOf, type ItemRows } from "../model/kinds.ts";
import { mustFind } from "../model/rows.ts";
import type { Item, ItemKind, Project, State, User } from "../model/state.ts";

/** A row of a project that an item points at, under the name that refusals give it. */
export type OwnReference = [
  what: string,
  rows: readonly { id: number; project: number }[],
  id: number | null,
];

/** How writing one kind of item differs from the others; item-writes.ts does the rest. */
export interface ItemRules<Kind extends ItemKind, Row = ItemRows[Kind]> {
  kind: Kind;
  /** What refusals call one. */
  title: string;
  /** The fields that can be written, besides those of every kind. */
  fields: (state: State) => field.Readers;
  /** What no edit may empty, besides what all kinds must keep. */
  kept: readonly string[];
  /** The columns that other kinds do not have, and the status, of a new one. */
  newColumns: (context: Context, project: Project) => Omit<Row, Exclude<keyof Item, "status">>;
  /** What has to be of the item's own project, in the order of the checks. */
  references: (state: State, item: Row) => OwnReference[];
  /** How something of another project is refused. */
  refuse: (message: string) => ApiError;
  /** Whether something of another project is refused before a blocked or archived project is. */
  referencesFirst: boolean;
  /** Sets the columns that follow from what others say, whatever was sent. */
  align?: (state: State, item: Row) => void;
  /** Sets the columns that need everything else checked; may still refuse. */
  complete?: (context: Context, item: Row, values: ItemValues) => void;
  /** Sets what a new item gets because of its id. */
  onNumbered?: (item: Row) => void;
  /** Makes room on the boards. Returns the positions that changed, by id. */
  reorder?: (context: Context, item: Row, old: Row) => Record<string, number>;
  /** Moves what has to be in the same sprint as the item. */
  carry?: (state: State, item: Row, old: Row) => void;
  /** The stories and sprints that may be closed or opened by a change of the item. */
  touched: (item: Row) => Touched;
  /** Removes or lets go of what depends on an item that is about to be deleted. */
  release?: (context: Context, item: Row, author: User) => void;
  bulk: BulkRules<Row>;
}

/** What a new item must have and no edit may empty. */
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

/** The fields of the kinds that can be due. */
export const dueFields = { due_date: field.day, due_date_reason: field.text() };

/** What a request sets of an item; the kind's own columns are in it, too. */
export type ItemValues = field.Values<ReturnType<typeof itemFields>> & {
  /** Of stories alone. */
  points?: Record<string, unknown>;
};

/**
 * Reads the fields of a kind; all others are ignored, among them `ref` and `kanban_order`.
 *
 * @param request the project is the one whose members can be assigned.
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
 * Whether the project can be written and everything that the item points at belongs to it.
 *
 * @param project where the item is, which an edit may move it away from.
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
