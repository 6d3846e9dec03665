import { byteLength, MAX_ANSWER_BYTES } from "../../text/cap.ts";
import { capDetails } from "./cap-details.ts";
import { type ItemBlock, toBlockText } from "./item-block.ts";

/** What a cut text needs besides its share: titles, and the note on what is missing. */
const OVERHEAD_BYTES = 200;

/**
 * Cuts the long texts of items so that all fit into one answer. Short items keep all of theirs; the
 * long ones share the rest equally.
 */
export function capBlocks<Entry extends { block: ItemBlock }>(
  entries: readonly Entry[],
): (Entry & { isCut: boolean })[] {
  const sizes = entries.map(({ block }) => byteLength(toBlockText(block)) + 2);
  const share = toFairShare(sizes, MAX_ANSWER_BYTES);
  return entries.map((entry, index) => {
    const { block } = entry;
    if (sizes[index]! <= share) return { ...entry, isCut: false };
    const { description: _, comments: __, history: ___, ...rest } = block;
    const fixed = byteLength(toBlockText(rest)) + OVERHEAD_BYTES;
    return { ...entry, block: capDetails(block, Math.max(0, share - fixed)), isCut: true };
  });
}

/** The largest size at which all fit, if whatever is larger is cut to it. */
function toFairShare(sizes: readonly number[], total: number): number {
  let left = total;
  for (const [index, size] of sizes.toSorted((a, b) => a - b).entries()) {
    const share = left / (sizes.length - index);
    if (size > share) return Math.floor(share);
    left -= size;
  }
  return total;
}
