/** Longer names push what matters off the screen. */
const MAX_CHARACTERS = 60;

/**
 * A name that a stranger chose, made safe to read: without control, format and bidirectional
 * characters (which could rewrite the sentence around it), without piles of combining marks,
 * on one line, and short. Escaping is the template's work.
 *
 * @returns `undefined` when nothing readable is left.
 */
export function toDisplayName(name: string | undefined): string | undefined {
  const readable = (name ?? "")
    .normalize("NFC")
    .replaceAll(/\s+/gu, " ")
    .replaceAll(/\p{C}/gu, "")
    .replaceAll(/(\p{M}{2})\p{M}+/gu, "$1")
    .trim();
  const characters = Array.from(readable);
  if (characters.length === 0) return undefined;
  if (characters.length <= MAX_CHARACTERS) return readable;
  return `${characters
    .slice(0, MAX_CHARACTERS - 1)
    .join("")
    .trimEnd()}…`;
}
