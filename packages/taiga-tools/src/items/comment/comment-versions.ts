import { capText, MAX_ANSWER_BYTES } from "../../text/cap.ts";
import { toCleanText, toOneLine } from "../../text/clean.ts";
import { fence } from "../../text/fence.ts";
import { quote } from "../../text/quote.ts";
import type { LocateDeps } from "../target.ts";
import { toTaigaKind } from "../find-objects.ts";
import { findCommentOf } from "./change-comment.ts";
import type { CommentRequest } from "./comment-fields.ts";

/** `/history/{kind}/{id}/comment_versions`: the earlier texts of a comment, the newest first. */
export async function listCommentVersions(request: CommentRequest, context: LocateDeps) {
  const { object, entry, line } = await findCommentOf(request, context, "edited");
  const { ref, kind, id } = object;
  const versions = (
    await context.taiga.history.listCommentVersions(toTaigaKind(kind), id, entry.id)
  ).map(({ user, comment }) => ({
    replaced_by: toOneLine(user?.username ?? "unknown"),
    text: toCleanText(comment),
  }));
  const lines = [
    `now: ${line}`,
    ...versions.map((one) => `before @${one.replaced_by} replaced it: ${one.text}`),
  ];
  return {
    text: `${versions.length} earlier texts of a comment on ${quote(ref)}, the newest first.\n${fence(capText(lines.join("\n"), MAX_ANSWER_BYTES))}`,
    data: { ref, comment: line, versions },
  };
}
