import { ToolError } from "../errors.ts";
import { toOneLine } from "../text/clean.ts";
import { quote, quoteAll } from "../text/quote.ts";
import { findNearest } from "./suggestions.ts";

const MAX_CANDIDATES = 5;
const MAX_REMEMBERED = 10_000;

/** Removes what cannot be seen: a name that an answer shows is found again as shown. */
const asShown = remember(toOneLine);

/** Also removes differences of case, surrounding and repeated spaces, and Unicode form. */
const normalize = remember((name: string): string =>
  toOneLine(asShown(name).normalize("NFKC")).toLowerCase(),
);

/** Also treats hyphens and underscores as spaces: "in-progress" finds "In progress". */
const loosen = remember((name: string): string => normalize(name).replaceAll(/[-_ ]+/g, " "));

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
  for (const spell of [asShown, normalize, loosen]) {
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

/** Similar names, best first; see `findNearest`. */
export const nearestNames = (name: string, names: readonly string[]): string[] =>
  findNearest(name, names, loosen);

/** A call may compare a hundred names with the same thousands of candidates. */
function remember(spell: (name: string) => string): (name: string) => string {
  const spelled = new Map<string, string>();
  return (name) => {
    const known = spelled.get(name);
    if (known !== undefined) return known;
    if (spelled.size >= MAX_REMEMBERED) spelled.clear();
    const spelling = spell(name);
    spelled.set(name, spelling);
    return spelling;
  };
}
