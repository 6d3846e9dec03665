import { TaigaError, type TaigaErrorCode } from "@taiga-mcp/taiga-client";
import { isExpected, ToolError } from "../errors.ts";
import { toFailure, toFailureText } from "../failure.ts";
import { toOneLine } from "../text/clean.ts";

/** How one item of many failed. */
export type ItemFailure = {
  outcome: "failed" | "unknown" | "not_attempted";
  /** `code: what is wrong and what to do`. */
  error: string;
};

/** After these errors the next item would fail too. */
const STOPPING: readonly string[] = [
  "aborted",
  "not_authenticated",
  "server_error",
  "temporarily_unavailable",
  "throttled",
  "token_not_valid",
  "unavailable",
  "unexpected_response",
  "user_inactive",
  "user_not_found",
] satisfies (TaigaErrorCode | "temporarily_unavailable")[];

/**
 * What a thrown value means for one item; an unexpected error is thrown on.
 * @returns `stops` when the rest need not be tried.
 */
export function toItemFailure(error: unknown): { failure: ItemFailure; stops: boolean } {
  if (!isExpected(error)) throw error;
  const isUnknown =
    (error instanceof TaigaError && error.outcomeUnknown) ||
    (error instanceof ToolError && error.code === "outcome_unknown");
  return {
    failure: {
      outcome: isUnknown ? "unknown" : "failed",
      error: toOneLine(toFailureText(toFailure(error))),
    },
    stops: STOPPING.includes(error.code),
  };
}

/** For the items after one whose failure stopped the call. */
export const NOT_ATTEMPTED: ItemFailure = {
  outcome: "not_attempted",
  error: "The call stopped before this item; see the error of an earlier one.",
};

/** `3 updated, 1 conflict` */
export function countOutcomes(outcomes: readonly { outcome: string }[]): string {
  const counts = new Map<string, number>();
  for (const { outcome } of outcomes) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  return [...counts]
    .map(([outcome, count]) => `${count} ${outcome.replaceAll("_", " ")}`)
    .join(", ");
}
