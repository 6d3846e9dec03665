import type { Body } from "../http/fields.ts";
import {
  permissionFor,
  permissionsIn,
  refusal,
  verifyWritable,
  type Actor,
} from "../model/access.ts";
import type { Context } from "../model/context.ts";
import { invalidFields } from "../model/errors.ts";
import { rowsOf } from "../model/kinds.ts";
import { findById, mustFind } from "../model/rows.ts";
import type { Attachment, ObjectKind } from "../model/state.ts";
import { listAttachments } from "./attachment-views.ts";

const REQUIRED = ["This field is required."];

const SAME = "must belong to the same item (epic, userstory, task, issue or wiki page).";

/**
 * `POST /{kind}/attachments/bulk_update_order`: puts files behind another one, or first.
 *
 * @returns the moved files and those behind them, in their order.
 * @throws {ApiError} as Taiga answers.
 */
export function orderAttachments(
  { state }: Context,
  actor: Actor,
  kind: ObjectKind,
  body: Body,
): Attachment[] {
  const missing = ["object_id", "bulk_attachments"].filter((name) => (body[name] ?? null) === null);
  if (missing.length > 0) {
    throw invalidFields(Object.fromEntries(missing.map((name) => [name, REQUIRED])));
  }
  const object = Number(body["object_id"]);
  const files = listAttachments(state, kind, object);
  const ids = [body["bulk_attachments"]].flat();
  const moved = ids.map((id) => findById(files, Number(id))).filter((row) => row !== undefined);
  if (new Set(moved).size < ids.length) {
    throw invalidFields({ bulk_attachments: [`Invalid attachment ids. All attachments ${SAME}`] });
  }
  const after = body["after_attachment_id"] ?? null;
  const previous = after === null ? undefined : findById(files, Number(after));
  if (after !== null && previous === undefined) {
    const message = `Invalid attachment id to move after. The attachment ${SAME}`;
    throw invalidFields({ after_attachment_id: [message] });
  }
  const item = findById<{ id: number; project: number }>(rowsOf(state, kind), object);
  if (item === undefined) throw refusal(actor);
  const project = mustFind(state.projects, item.project);
  if (!permissionsIn(state, actor, project).has(permissionFor("modify", kind))) {
    throw refusal(actor);
  }
  verifyWritable(project);
  const start = previous === undefined ? 1 : previous.order + 1;
  const behind = files.filter(
    (row) => row.order >= start && !moved.includes(row) && row !== previous,
  );
  const rest = previous === undefined ? files.filter((row) => !moved.includes(row)) : behind;
  const changed = [...moved, ...rest];
  for (const [index, row] of changed.entries()) row.order = start + index;
  return changed;
}
