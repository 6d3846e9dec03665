import type { z } from "zod";
import type { Logger } from "./logger.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Below this length, one wrong character is as much as two are in a longer name. */
const SHORT_NAME = 9;

/** Names under which other programs give the address of a Taiga. */
const TAIGA_ADDRESS = /^TAIGA_?(\w+_)?(URL|URI|API)$/;

/** Every variable that a schema reads: its settings, `<NAME>_FILE` and lower-case spellings. */
export const toSettingNames = (schema: z.ZodObject): string[] =>
  Object.entries(schema.shape).flatMap(([name, field]) => {
    const { secret = false, anyCase = false } = (field as z.ZodType).meta() ?? {};
    return [name, ...(secret ? [`${name}_FILE`] : []), ...(anyCase ? [name.toLowerCase()] : [])];
  });

/**
 * The known name that a misspelt one resembles: at most two characters wrong, missing, added or
 * swapped (one in a short name), or another case, and the same beginning. `LOG_LEVEL_X` is a
 * setting of another program, not a misspelt `LOG_LEVEL`.
 */
export function findNearestName(name: string, known: Iterable<string>): string | undefined {
  const upper = name.toUpperCase();
  let nearest: string | undefined;
  let least = Infinity;
  for (const candidate of known) {
    if (!resembles(upper, candidate)) continue;
    const distance = countEdits(upper, candidate);
    if (distance > (candidate.length < SHORT_NAME ? 1 : 2) || distance >= least) continue;
    nearest = candidate;
    least = distance;
  }
  return nearest;
}

/** Variables that nothing reads, but whose name resembles a setting, with the name of that setting. */
export function findMisspeltNames(
  environment: Environment,
  known: Iterable<string>,
): { name: string; nearest: string }[] {
  const names = new Set(known);
  return Object.keys(environment).flatMap((name) => {
    if (names.has(name) || !environment[name]) return [];
    const nearest = findNearestName(name, names);
    return nearest === undefined ? [] : [{ name, nearest }];
  });
}

/** One line about a misspelt variable. Its value may be a secret, so it is not shown. */
export const toMisspeltWarning = ({ name, nearest }: { name: string; nearest: string }): string =>
  `${name} is not a setting and has no effect. Did you mean ${nearest}?`;

/** Warns of each variable whose name resembles a setting of this service. */
export function warnOfMisspeltNames(
  environment: Environment,
  schema: z.ZodObject,
  logger: Pick<Logger, "warn">,
): void {
  for (const misspelt of findMisspeltNames(environment, toSettingNames(schema))) {
    logger.warn({ variable: misspelt.name }, toMisspeltWarning(misspelt));
  }
}

/**
 * The variable that was meant to be TAIGA_API_URL. Without that setting the sandbox would be used,
 * so a program that finds such a variable must not start.
 */
export function findMisspeltTaigaUrl(
  environment: Environment,
  known: Iterable<string>,
): string | undefined {
  if (environment["TAIGA_API_URL"]) return undefined;
  const names = new Set(known);
  return Object.keys(environment).find(
    (name) =>
      !names.has(name) &&
      environment[name] &&
      (TAIGA_ADDRESS.test(name.toUpperCase()) ||
        countEdits(name.toUpperCase(), "TAIGA_API_URL") <= 2),
  );
}

const resembles = (name: string, candidate: string): boolean =>
  name.slice(0, 2) === candidate.slice(0, 2) && !name.startsWith(`${candidate}_`);

/** Characters that are wrong, missing, added or swapped with their neighbour (Damerau-Levenshtein). */
function countEdits(a: string, b: string): number {
  const width = b.length + 1;
  const table = Array.from({ length: (a.length + 1) * width }, (_, at) =>
    at < width ? at : at % width === 0 ? at / width : 0,
  );
  const at = (i: number, j: number): number => table[i * width + j] ?? Infinity;
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1;
      const swaps = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      table[i * width + j] = Math.min(
        at(i - 1, j) + 1,
        at(i, j - 1) + 1,
        at(i - 1, j - 1) + change,
        swaps ? at(i - 2, j - 2) + 1 : Infinity,
      );
    }
  }
  return at(a.length, b.length);
}
