import { AsyncLocalStorage } from "node:async_hooks";

/** How many letters all suggestions of one call may read and compare: some milliseconds. */
const LETTERS_PER_CALL = 500_000;

/** Longer names are compared by their beginnings. */
const MAX_LETTERS = 60;

/** Further candidates are not considered. */
const MAX_CANDIDATES_COMPARED = 2_000;

const MAX_SUGGESTIONS = 5;

/** What is left for the current call. */
interface Budget {
  letters: number;
}

const budgets = new AsyncLocalStorage<Budget>();

/**
 * Runs a call whose suggestions have one budget together, because a call may contain hundreds of
 * unknown names, each to be compared with thousands of others.
 */
export const withSuggestionBudget = <Result>(call: () => Result): Result =>
  budgets.run({ letters: LETTERS_PER_CALL }, call);

/**
 * Similar names, best first: names that begin with the given one, then names that contain it, then by
 * edit distance. None once the budget of the call is used up.
 *
 * @param spell makes names comparable.
 */
export function findNearest(
  name: string,
  names: readonly string[],
  spell: (name: string) => string,
): string[] {
  const budget = budgets.getStore() ?? { letters: LETTERS_PER_CALL };
  const wanted = toSpelling(name, spell, budget);
  const limit = Math.max(2, wanted.length / 3);
  return [...new Set(names.slice(0, MAX_CANDIDATES_COMPARED))]
    .map((candidate) => ({ candidate, distance: measure(candidate) }))
    .filter(({ distance }) => distance <= limit)
    .toSorted((a, b) => a.distance - b.distance)
    .slice(0, MAX_SUGGESTIONS)
    .map(({ candidate }) => candidate);

  function measure(candidate: string): number {
    if (budget.letters <= 0) return Number.POSITIVE_INFINITY;
    return distanceOf(wanted, toSpelling(candidate, spell, budget), { limit, budget });
  }
}

function toSpelling(name: string, spell: (name: string) => string, budget: Budget): string {
  const beginning = name.slice(0, MAX_LETTERS);
  budget.letters -= beginning.length;
  // Normalisation may lengthen a text.
  return spell(beginning).slice(0, MAX_LETTERS);
}

/** @returns infinity for names whose lengths differ by more than `limit`. */
function distanceOf(
  wanted: string,
  candidate: string,
  { limit, budget }: { limit: number; budget: Budget },
): number {
  if (wanted !== "" && candidate.startsWith(wanted)) return 0.5;
  const part = wanted.length >= 3 && (candidate.includes(wanted) || wanted.includes(candidate));
  if (part && candidate.length >= 3) return 1;
  // Each missing letter is a difference.
  if (Math.abs(wanted.length - candidate.length) > limit) return Number.POSITIVE_INFINITY;
  budget.letters -= wanted.length * candidate.length;
  return levenshtein(wanted, candidate);
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
