/** A name in URL form. */
export const toSlug = (name: string): string =>
  name
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .replace(/ß/g, "ss")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "-")
    .replace(/^-|-$/g, "");

/**
 * The slug of a name, with a number appended if it is taken.
 *
 * @see taiga-back base/utils/slug.py, slugify_uniquely
 */
export function toUniqueSlug(name: string, taken: ReadonlySet<string>): string {
  const base = toSlug(name) || "null";
  let slug = base;
  for (let suffix = 1; taken.has(slug); suffix += 1) slug = `${base}-${suffix}`;
  return slug;
}
