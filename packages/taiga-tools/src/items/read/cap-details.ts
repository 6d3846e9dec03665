import { byteLength, capText, countFitting } from "../../text/cap.ts";
import { type ItemDetails } from "./details.ts";

/**
 * Shortens details to fit: keeps the description first, then the newest comments and history
 * entries. A remark replaces each omitted part.
 */
export function capDetails<Details extends ItemDetails>(
  details: Details,
  maxBytes: number,
): Details {
  const hasEntries = (details.comments?.length ?? 0) > 0 || (details.history?.length ?? 0) > 0;
  const forDescription = hasEntries ? maxBytes / 2 : maxBytes;
  const description =
    details.description === undefined ? undefined : capText(details.description, forDescription);
  const share = (maxBytes - byteLength(description ?? "")) / 2;
  const { comments, history } = details;
  return {
    ...details,
    ...(description !== undefined && { description }),
    ...(comments && {
      comments: newest(
        comments.map((one) => ({ ...one, text: capText(one.text, share) })),
        share,
        (text) => ({ by: "", at: "", text }),
      ),
    }),
    ...(history && {
      history: newest(history, share, (text) => ({ by: "", at: "", changes: [text] })),
    }),
  };
}

/** The newest entries that fit, preceded by a remark on how many were omitted. */
function newest<Entry>(
  entries: readonly Entry[],
  maxBytes: number,
  remark: (text: string) => Entry,
): Entry[] {
  const newestFirst = entries.toReversed();
  const count = Math.max(
    1,
    countFitting(
      newestFirst.map((entry) => JSON.stringify(entry)),
      maxBytes,
    ),
  );
  if (count >= entries.length) return [...entries];
  return [remark(`${entries.length - count} earlier entries left out`), ...entries.slice(-count)];
}
