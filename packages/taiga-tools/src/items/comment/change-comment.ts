import type { HistoryEntry } from "@taiga-mcp/taiga-client";
import { hash } from "node:crypto";
import type { Confirmations } from "../../calls/confirmation.ts";
import type { LockWrites } from "../../calls/write-locks.ts";
import { askFirst, toConfirmAdvice } from "../../calls/two-calls.ts";
import { ToolError } from "../../errors.ts";
import { verifyWritable } from "../../projects/permissions.ts";
import { fence } from "../../text/fence.ts";
import { quote } from "../../text/quote.ts";
import { type FoundObject, findObjects, toTaigaKind } from "../find-objects.ts";
import type { LocateDeps } from "../target.ts";
import type { CommentRequest } from "./comment-fields.ts";
import { type CommentState, findComment, toCommentLine } from "./find-comment.ts";

export interface CommentChangeDeps extends LocateDeps {
  confirmations: Confirmations;
  lockWrites: LockWrites;
}

/** One comment and what it stands on. */
interface FoundComment {
  object: FoundObject;
  entry: HistoryEntry;
  line: string;
}

interface Answer {
  text: string;
  data: { ref: string; outcome: string; comment: string; confirm?: string };
}

/** @throws {ToolError} when there is no such comment, or the project is read-only. */
export async function findCommentOf(
  request: CommentRequest,
  context: LocateDeps,
  state: CommentState,
): Promise<FoundComment> {
  const [object] = await findObjects({ refs: [request.ref], project: request.project }, context);
  if (object === undefined) throw new ToolError("not_found", `ref: ${quote(request.ref)}`);
  const entry = await findComment(object, request.comment, context, { state, field: "comment" });
  return { object, entry, line: toCommentLine(entry) };
}

/** `/history/{kind}/{id}/edit_comment`; Taiga decides whether the comment is the caller's to edit. */
export async function editComment(
  request: CommentRequest & { newText: string; dryRun: boolean },
  context: CommentChangeDeps,
): Promise<Answer> {
  const found = await findCommentOf(request, context, "visible");
  const { object, entry, line } = found;
  verifyWritable(object.project, "ref");
  if (request.dryRun) return toAnswer(found, "would_edit", `now: ${line}\nnew: ${request.newText}`);
  const kind = toTaigaKind(object.kind);
  await context.lockWrites(`${object.kind} ${object.id}`, object.ref, () =>
    context.taiga.history.editComment(kind, object.id, entry.id, request.newText),
  );
  return toAnswer(found, "edited", `was: ${line}\nnow: ${request.newText}`);
}

/** `/history/{kind}/{id}/delete_comment` */
export async function deleteComment(
  request: CommentRequest & { confirm?: string | undefined },
  context: CommentChangeDeps,
): Promise<Answer> {
  const found = await findCommentOf(request, context, "visible");
  const { object, entry, line } = found;
  verifyWritable(object.project, "ref");
  const facts = {
    comment: [object.kind, object.id, entry.id],
    text: hash("sha256", entry.comment),
  };
  const token = askFirst(request.confirm, facts, context.confirmations);
  if (token !== undefined) {
    const { data } = toAnswer(found, "would_delete", line);
    return {
      text: `Nothing was deleted yet. This comment would be deleted; restore_comment can bring it back:\n${fence(`${object.ref} ${line}`)}\n${toConfirmAdvice(token)}`,
      data: { ...data, confirm: token },
    };
  }
  await context.taiga.history.deleteComment(toTaigaKind(object.kind), object.id, entry.id);
  return toAnswer(found, "deleted", line);
}

/** `/history/{kind}/{id}/undelete_comment` */
export async function restoreComment(
  request: CommentRequest & { dryRun: boolean },
  context: CommentChangeDeps,
): Promise<Answer> {
  const found = await findCommentOf(request, context, "deleted");
  const { object, entry, line } = found;
  verifyWritable(object.project, "ref");
  if (request.dryRun) return toAnswer(found, "would_restore", line);
  await context.taiga.history.restoreComment(toTaigaKind(object.kind), object.id, entry.id);
  return toAnswer(found, "restored", line);
}

const toAnswer = ({ object, line }: FoundComment, outcome: string, lines: string): Answer => ({
  text: `Comment on ${quote(object.ref)} ${outcome.replaceAll("_", " ")}.\n${fence(lines)}`,
  data: { ref: object.ref, outcome, comment: line },
});
