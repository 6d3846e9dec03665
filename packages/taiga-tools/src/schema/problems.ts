import type { z } from "zod";
import { ToolError } from "../errors.ts";
import { mapConcurrent } from "./map-concurrent.ts";

const MAX_PROBLEMS = 10;

/**
 * Maps a list as `mapConcurrent` does, but does not stop at the first `ToolError`: one error names
 * everything that is wrong, so that the next call can be right.
 *
 * @throws {ToolError} the only problem, or `invalid_argument` with one problem a line, in the order
 *   of the list.
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
  // Collections can be nested: an error joined before is counted by its lines.
  const messages = [...new Set(problems.flatMap(({ message }) => message.split("\n")))];
  const [only] = problems;
  if (only !== undefined && messages.length === 1) return only;
  const more = messages.length - MAX_PROBLEMS;
  const tail = more > 0 ? [`and ${more} more problems`] : [];
  return new ToolError(
    "invalid_argument",
    [...messages.slice(0, MAX_PROBLEMS), ...tail].join("\n"),
  );
}

/**
 * Describes what a schema refuses, each problem by its path and the rule it breaks.
 * @param path where the value stands in the input, such as `items[2]`.
 */
export function describeIssues(error: z.ZodError, path?: string): string {
  const issues = error.issues.map((issue) => {
    const place = [...(path === undefined ? [] : [path]), ...issue.path].join(".");
    return place === "" ? issue.message : `${place}: ${issue.message}`;
  });
  const more = issues.length - MAX_PROBLEMS;
  return issues.slice(0, MAX_PROBLEMS).join("; ") + (more > 0 ? `; and ${more} more` : "");
}
