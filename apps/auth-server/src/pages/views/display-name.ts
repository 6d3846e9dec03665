/** Longer names would push important text off the screen. */
const MAX_CHARACTERS = 60;

/** Also fillers, variation selectors and the blank Braille pattern, which look like nothing. */
const INVISIBLE = /[\p{C}\p{Default_Ignorable_Code_Point}\u2800]/gu;

/**
 * Makes an untrusted name safe to read: removes control, format and bidirectional characters (which
 * could change the sentence around it) and stacked combining marks, joins it to one line, and shortens
 * it. Escaping is up to the template.
 *
 * @returns `undefined` when nothing readable is left.
 */
export function toDisplayName(
  name: string | undefined,
  maxCharacters = MAX_CHARACTERS,
): string | undefined {
  const readable = (name ?? "")
    .normalize("NFC")
    .replaceAll(/\s+/gu, " ")
    .replaceAll(INVISIBLE, "")
    .replaceAll(/(\p{M}{2})\p{M}+/gu, "$1")
    .trim();
  const characters = Array.from(readable);
  if (characters.length === 0) return undefined;
  if (characters.length <= maxCharacters) return readable;
  return `${characters
    .slice(0, maxCharacters - 1)
    .join("")
    .trimEnd()}…`;
}
