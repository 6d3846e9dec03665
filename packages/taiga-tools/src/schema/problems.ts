import type { z } from "zod";
import { ToolError } from "../errors.ts";
import { mapConcurrent } from "./map-concurrent.ts";

const MAX_PROBLEMS = 10;

/**
 * Maps a list like `mapConcurrent`, but does not stop at the first `ToolError`: one error names all
 * problems, so that the next call can fix them all.
 *
 * @throws {ToolError} the only problem, or `invalid_argument` with one problem on each line, in the
 *   order of the list.
 */
export async function collectProblems<Item, Result>(
  items: readonly Item[],
  map: (item: Item, index: number) => Promise<Result> | Result,
): Promise<Result[]> {
  const attempts = await mapConcurrent(items, async (item, index) => {
    try {
      return { result: await map(item, index) };
    } catch (error) {
      if (error instanceof ToolError) return { problem: error };
      throw error;
    }
  });
  const problems = attempts.flatMap((one) => one.problem ?? []);
  if (problems.length > 0) throw joinProblems(problems);
  return attempts.map(({ result }) => result as Result);
}

function joinProblems(problems: readonly ToolError[]): ToolError {
  // Calls can be nested: count each line of an error that was joined before.
  const messages = [...new Set(problems.flatMap(({ message }) => message.split("\n")))];
  const [only] = problems;
  if (only !== undefined && messages.length === 1) return only;
  const more = messages.length - MAX_PROBLEMS;
  const tail = more > 0 ? [`and ${more} more problems`] : [];
  return new ToolError(
    "invalid_argument",
    [...messages.slice(0, MAX_PROBLEMS), ...tail].join("\n"),
    { mayBeNew: problems.some(({ mayBeNew }) => mayBeNew) },
  );
}

/**
 * Describes validation errors, each by its path and the rule that was violated.
 * @param path where the value is in the input, such as `items[2]`.
 */
export function describeIssues(error: z.ZodError, path?: string): string {
  const issues = error.issues.map((issue) => {
    const place = [...(path === undefined ? [] : [path]), ...issue.path].join(".");
    return shorten(place === "" ? issue.message : `${place}: ${issue.message}`);
  });
  const more = issues.length - MAX_PROBLEMS;
  return issues.slice(0, MAX_PROBLEMS).join("; ") + (more > 0 ? `; and ${more} more` : "");
}

/** Messages may repeat names that the caller made up. */
const MAX_PROBLEM_LENGTH = 1_000;

const shorten = (problem: string): string =>
  problem.length <= MAX_PROBLEM_LENGTH ? problem : `${problem.slice(0, MAX_PROBLEM_LENGTH)}…`;
