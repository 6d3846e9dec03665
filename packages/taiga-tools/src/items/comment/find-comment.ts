import type { HistoryEntry, TaigaClient } from "@taiga-mcp/taiga-client";
import { ToolError } from "../../errors.ts";
import { isSameName } from "../../schema/names.ts";
import { toCleanText, toOneLine } from "../../text/clean.ts";
import { beginningOf } from "../../text/cap.ts";
import { quote, quoteAll } from "../../text/quote.ts";
import { toMinute } from "../item-line.ts";
import { type FoundObject, toTaigaKind } from "../find-objects.ts";

const MAX_CANDIDATES = 5;
const SHOWN_BYTES = 60;

/** Which comments are looked for. */
export type CommentState = "visible" | "deleted" | "edited";

const IS_IN_STATE: Record<CommentState, (entry: HistoryEntry) => boolean> = {
  visible: (entry) => entry.delete_comment_date === null,
  deleted: (entry) => entry.delete_comment_date !== null,
  edited: (entry) => entry.edit_comment_date !== null,
};

/**
 * Finds a comment by its time as answers show it, by how it begins, or as the newest one ("last").
 *
 * @param field the input field, for the message.
 * @throws {ToolError} `not_found` or `ambiguous_name`, with candidates.
 */
export async function findComment(
  { kind, id, ref }: Pick<FoundObject, "kind" | "id" | "ref">,
  wanted: string,
  { taiga }: { taiga: TaigaClient },
  { state, field }: { state: CommentState; field: string },
): Promise<HistoryEntry> {
  const history = await taiga.history.list(toTaigaKind(kind), id);
  const comments = history.filter((entry) => entry.comment !== "" && IS_IN_STATE[state](entry));
  const [newest] = comments;
  if (newest === undefined) {
    throw new ToolError("not_found", `${field}: ${quote(ref)} has no ${state} comment.`);
  }
  if (isSameName(wanted, "last")) return newest;
  const matches = comments.filter((entry) => isNamed(entry, wanted));
  const [match] = matches;
  if (match !== undefined && matches.length === 1) return match;
  const candidates = quoteAll(
    (match === undefined ? comments : matches).slice(0, MAX_CANDIDATES).map(toCommentLine),
  );
  throw match === undefined
    ? new ToolError(
        "not_found",
        `${field}: no ${state} comment on ${quote(ref)} begins with ${quote(beginningOf(wanted, SHOWN_BYTES))} or has this time. The newest: ${candidates}.`,
      )
    : new ToolError(
        "ambiguous_name",
        `${field}: ${quote(beginningOf(wanted, SHOWN_BYTES))} matches several comments: ${candidates}. Use more of the text, or the time.`,
      );
}

function isNamed(entry: HistoryEntry, wanted: string): boolean {
  const text = toOneLine(entry.comment).toLowerCase();
  return (
    text.startsWith(toOneLine(wanted).toLowerCase()) ||
    toMinute(entry.created_at) === wanted.replace("T", " ").slice(0, 16)
  );
}

/** `2026-11-20 14:05 @alice: how it begins` */
export function toCommentLine(entry: HistoryEntry): string {
  const author = toOneLine(entry.user?.username ?? entry.user?.name ?? "unknown");
  const begin = beginningOf(toOneLine(toCleanText(entry.comment)), SHOWN_BYTES);
  return `${toMinute(entry.created_at)} @${author}: ${begin}`;
}
