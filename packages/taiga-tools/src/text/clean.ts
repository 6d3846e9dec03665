/**
 * Characters that are invisible to people but not to models, or that disguise text: controls,
 * zero-width and bidirectional marks, fillers, tag characters, and variation selectors, which can
 * smuggle bytes. Joiners stay where a script or an emoji needs them.
 */
const HIDDEN = new RegExp(
  [
    String.raw`[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]`,
    String.raw`[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f]`,
    String.raw`[\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb]`,
    String.raw`[\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}]`,
    // Joiners between Latin letters, spaces or digits have no effect.
    String.raw`(?<![\p{M}\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f\p{Script=Arabic}])[\u200c\u200d]`,
    // A variation selector is allowed only directly after a symbol.
    String.raw`(?<![\p{Extended_Pictographic}\p{So}\p{Sm}0-9#*])[\ufe00-\ufe0f]`,
  ].join("|"),
  "gu",
);

/** Removes invisible characters from text. Line ends become `\n`. */
export const toCleanText = (text: string): string =>
  text
    // Replace lone surrogates first: two of them could form a character after the removals.
    .toWellFormed()
    .replaceAll(/\r\n?|[\u2028\u2029\u0085]/g, "\n")
    .replaceAll(HIDDEN, "")
    // Run twice: a joiner may have lost the neighbour that it needs.
    .replaceAll(HIDDEN, "");

/** Cleans text and puts it on one line, so that a subject cannot pose as the next row of a list. */
export const toOneLine = (text: string): string => toCleanText(text).replaceAll(/\s+/g, " ").trim();

/** Cleans every string in JSON-like data, names of members included. */
export function toCleanData<Data>(data: Data): Data {
  const clean = (value: unknown): unknown => {
    if (typeof value === "string") return toCleanText(value);
    if (Array.isArray(value)) return value.map(clean);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [toCleanText(name), clean(member)]),
    );
  };
  return clean(data) as Data;
}
