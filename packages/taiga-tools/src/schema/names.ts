import { ToolError } from "../errors.ts";
import { findNearest } from "./suggestions.ts";

const MAX_CANDIDATES = 5;

/** Removes differences of case, surrounding and repeated spaces, and Unicode form. */
const normalize = remember((name: string): string =>
  name.normalize("NFKC").trim().replaceAll(/\s+/g, " ").toLowerCase(),
);

/** Also treats hyphens and underscores as spaces: "in-progress" finds "In progress". */
const loosen = remember((name: string): string => normalize(name).replaceAll(/[-_ ]+/g, " "));

/** Whether two names are the same to a person. */
export const isSameName = (one: string, other: string): boolean =>
  normalize(one) === normalize(other);

/**
 * Finds an option by name: exactly as written, otherwise ignoring case, otherwise also ignoring
 * hyphens. A similar name is never accepted, only offered as a candidate.
 *
 * @param field the input field, for the message.
 * @param nameOf returns the names of an option; the first is shown.
 * @throws {ToolError} `not_found` or `ambiguous_name`, with candidates.
 */
export function findByName<Option>(
  options: readonly Option[],
  name: string,
  field: string,
  nameOf: (option: Option) => readonly string[],
): Option {
  for (const spell of [(text: string) => text, normalize, loosen]) {
    const wanted = spell(name);
    const matches = options.filter((option) =>
      nameOf(option).some((candidate) => spell(candidate) === wanted),
    );
    const [match] = matches;
    if (match !== undefined && matches.length === 1) return match;
    if (matches.length > 1) {
      throw new ToolError(
        "ambiguous_name",
        `${field}: "${name}" matches several: ${matches
          .slice(0, MAX_CANDIDATES)
          .map((option) => nameOf(option).join(" = "))
          .join(", ")}. Use a name that matches only one.`,
      );
    }
  }
  throw unknownName(field, name, options.flatMap(nameOf));
}

/** The error for a name that matches nothing. */
function unknownName(field: string, name: string, known: readonly string[]): ToolError {
  const near = nearestNames(name, known);
  const hint =
    known.length === 0
      ? "This project has none."
      : near.length > 0
        ? `Did you mean: ${near.join(", ")}?`
        : `Known: ${known.slice(0, MAX_CANDIDATES * 2).join(", ")}${known.length > MAX_CANDIDATES * 2 ? ", …" : ""}.`;
  return new ToolError("not_found", `${field}: there is no "${name}". ${hint}`);
}

/** Similar names, best first; see `findNearest`. */
export const nearestNames = (name: string, names: readonly string[]): string[] =>
  findNearest(name, names, loosen);

const MAX_REMEMBERED = 10_000;

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
