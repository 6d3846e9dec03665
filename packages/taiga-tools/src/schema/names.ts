import { ToolError } from "../errors.ts";
import { toOneLine } from "../text/clean.ts";
import { quote, quoteAll } from "../text/quote.ts";

const MAX_CANDIDATES = 5;

/**
 * Removes differences of case, surrounding and repeated spaces, Unicode form, and what cannot be
 * seen: a name that an answer shows is found again as shown.
 */
const normalize = (name: string): string =>
  toOneLine(toOneLine(name).normalize("NFKC")).toLowerCase();

/** Also treats hyphens and underscores as spaces: "in-progress" finds "In progress". */
const loosen = (name: string): string => normalize(name).replaceAll(/[-_ ]+/g, " ");

/** Whether two names are the same to a person. */
export const isSameName = (one: string, other: string): boolean =>
  normalize(one) === normalize(other);

/**
 * Finds an option by name: exactly as written, otherwise ignoring case, otherwise also ignoring
 * hyphens; invisible characters never count. An id as `id:7` is accepted, too. A similar name is
 * never accepted, only offered as a candidate.
 *
 * @param field the input field, for the message.
 * @param nameOf returns the names of an option; the first is shown.
 * @throws {ToolError} `not_found` or `ambiguous_name`, with candidates.
 */
export function findByName<Option extends object>(
  options: readonly Option[],
  name: string,
  field: string,
  nameOf: (option: Option) => readonly string[],
): Option {
  for (const spell of [toOneLine, normalize, loosen]) {
    const wanted = spell(name);
    const matches = options.filter((option) =>
      nameOf(option).some((candidate) => spell(candidate) === wanted),
    );
    const [match] = matches;
    if (match !== undefined && matches.length === 1) return match;
    if (matches.length > 1) {
      throw new ToolError(
        "ambiguous_name",
        `${field}: ${quote(name)} matches several: ${matches
          .slice(0, MAX_CANDIDATES)
          .map((option) => toCandidate(option, nameOf(option)))
          .join(", ")}. Use a name that matches only one, or its id.`,
      );
    }
  }
  const addressed = options.find((option) => toIdText(option) === normalize(name));
  if (addressed !== undefined) return addressed;
  throw unknownName(field, name, options.flatMap(nameOf));
}

/** `id:7`, by which an option is found when its name is shared with others. */
const toIdText = (option: object): string | undefined =>
  "id" in option && typeof option.id === "number" ? `id:${option.id}` : undefined;

function toCandidate(option: object, names: readonly string[]): string {
  const id = toIdText(option);
  const shown = names.map((name) => quote(name)).join(" = ");
  return id === undefined ? shown : `${shown} (${id})`;
}

/** The error for a name that matches nothing. */
function unknownName(field: string, name: string, known: readonly string[]): ToolError {
  const near = nearestNames(name, known);
  const hint =
    known.length === 0
      ? "This project has none."
      : near.length > 0
        ? `Did you mean: ${quoteAll(near)}?`
        : `Known: ${quoteAll(known.slice(0, MAX_CANDIDATES * 2))}${known.length > MAX_CANDIDATES * 2 ? ", …" : ""}.`;
  return new ToolError("not_found", `${field}: there is no ${quote(name)}. ${hint}`);
}

/** Similar names, best first: names that contain the given one, then by edit distance. */
export function nearestNames(name: string, names: readonly string[]): string[] {
  const wanted = loosen(name);
  return [...new Set(names)]
    .map((candidate) => ({ candidate, distance: distanceOf(wanted, loosen(candidate)) }))
    .filter(({ distance }) => distance <= Math.max(2, wanted.length / 3))
    .toSorted((a, b) => a.distance - b.distance)
    .slice(0, MAX_CANDIDATES)
    .map(({ candidate }) => candidate);
}

function distanceOf(wanted: string, candidate: string): number {
  if (wanted !== "" && candidate.startsWith(wanted)) return 0.5;
  const part = wanted.length >= 3 && (candidate.includes(wanted) || wanted.includes(candidate));
  return part && candidate.length >= 3 ? 1 : levenshtein(wanted, candidate);
}

/** The number of single-letter insertions, deletions and replacements between two texts. */
function levenshtein(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const replace = row[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replace, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[to.length]!;
}
