/** The maximum length of an answer, in UTF-8 bytes. */
export const MAX_ANSWER_BYTES = 24_000;

const byteLength = (text: string): number => new TextEncoder().encode(text).length;

/** Counts how many of the texts, joined by one-byte separators, fit into `maxBytes`. */
export function countFitting(texts: readonly string[], maxBytes: number): number {
  let bytes = 0;
  const tooMuch = texts.findIndex((text) => {
    bytes += byteLength(text) + 1;
    return bytes > maxBytes;
  });
  return tooMuch === -1 ? texts.length : tooMuch;
}

/** Shortens a text to `maxBytes` of UTF-8 and says how much is missing. */
export function capText(text: string, maxBytes: number): string {
  if (byteLength(text) <= maxBytes) return text;
  const head = new TextEncoder().encode(text).subarray(0, Math.max(0, maxBytes));
  // A character cut in two decodes to a replacement character at the end.
  const shown = new TextDecoder().decode(head).replace(/\ufffd$/, "");
  return `${shown}\n[… ${text.length - shown.length} more characters left out]`;
}
