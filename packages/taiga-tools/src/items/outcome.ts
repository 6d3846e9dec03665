import { TaigaError, type TaigaErrorCode } from "@taiga-mcp/taiga-client";
import { isExpected, ToolError } from "../errors.ts";
import { toFailure, toFailureText } from "../failure.ts";
import { toOneLine } from "../text/clean.ts";

/** The failure of one item in a call. */
export type ItemFailure = {
  outcome: "failed" | "unknown" | "not_attempted";
  /** `code: what is wrong and what to do`. */
  error: string;
};

/** Errors after which the remaining items would fail too. */
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
 * Maps an error to the failure of one item; rethrows an unexpected error.
 * @returns `stops` if the remaining items should not be attempted.
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

/** The outcome of the items after a failure that stopped the call. */
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
