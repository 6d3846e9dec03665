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

/**
 * The only option whose name begins with the given words; of several, the only one that goes on with
 * another word, as "Sprint 9: Night rides" does after "Sprint 9".
 *
 * @returns `undefined` if no name begins like this.
 * @throws {ToolError} `ambiguous_name`, with candidates.
 */
export function findBeginning<Option extends { name: string }>(
  options: readonly Option[],
  beginning: string,
  field: string,
): Option | undefined {
  const wanted = loosen(beginning);
  const all = options.filter(({ name }) => wanted !== "" && loosen(name).startsWith(wanted));
  const whole = all.filter(({ name }) => !/^[\p{L}\p{N}]/u.test(loosen(name).slice(wanted.length)));
  const [only] = whole.length === 1 ? whole : all;
  if (only === undefined || whole.length === 1 || all.length === 1) return only;
  throw new ToolError(
    "ambiguous_name",
    `${field}: several names begin with ${quote(beginning)}: ${quoteAll(all.slice(0, MAX_CANDIDATES).map(({ name }) => name))}. Write enough to tell them apart.`,
  );
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
  const message = `${field}: there is no ${quote(name)}. ${hint}`;
  return new ToolError("not_found", message, { mayBeNew: true });
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
