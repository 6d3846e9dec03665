/** The maximum length of an answer, in UTF-8 bytes. */
export const MAX_ANSWER_BYTES = 24_000;

export const byteLength = (text: string): number => new TextEncoder().encode(text).length;

/** Counts how many of the texts, joined by one-byte separators, fit into `maxBytes`. */
export function countFitting(texts: readonly string[], maxBytes: number): number {
  let bytes = 0;
  const tooMuch = texts.findIndex((text) => {
    bytes += byteLength(text) + 1;
    return bytes > maxBytes;
  });
  return tooMuch === -1 ? texts.length : tooMuch;
}

/** The beginning of a text, at most `maxBytes` of UTF-8, in whole characters. */
export function beginningOf(text: string, maxBytes: number): string {
  if (byteLength(text) <= maxBytes) return text;
  const head = new TextEncoder().encode(text).subarray(0, Math.max(0, maxBytes));
  // A character cut in two decodes to a replacement character at the end.
  return new TextDecoder().decode(head).replace(/\ufffd$/, "");
}

/** Shortens a text to `maxBytes` of UTF-8 and says how much is missing. */
export function capText(text: string, maxBytes: number): string {
  const shown = beginningOf(text, maxBytes);
  return shown.length === text.length ? text : `${shown}\n${toCutMark(text.length - shown.length)}`;
}

/** Stands where a text was cut. */
export const toCutMark = (characters: number): string =>
  `[… ${characters} more characters left out]`;

/** Whether a text was copied from an answer that had cut it; writing it would lose the rest. */
export const isCut = (text: string): boolean => /\[… \d+ more characters left out\]/u.test(text);
