import { toCallTarget } from "./call-target.ts";
import type { AnswerForm } from "../policy/answer-form.ts";
import { decide, type Limits } from "../policy/policy.ts";
import { type ExpectedError, isExpected, ToolError, type ToolErrorCode } from "../errors.ts";
import { toFailure, toFailureText, toInternalFailure, type ToolFailure } from "../failure.ts";
import { describeIssues } from "../schema/problems.ts";
import { withSuggestionBudget } from "../schema/suggestions.ts";
import type { ToolContext } from "./define-tool.ts";
import { runHandler } from "./run-handler.ts";
import type { LoadedTool } from "./load-tools.ts";
import { toCleanData, toCleanText } from "../text/clean.ts";

/** One call of one tool. */
export interface ToolCall {
  tool: LoadedTool["definition"];
  limits: Limits;
  /** The arguments as the client sent them. */
  args: unknown;
  requestId: string;
  answers: AnswerForm;
}

/** How a call ended. `text` is for the model, both for success and for failure. */
export type ToolOutcome =
  /** `data` matches the tool's output schema; only with structured answers. */
  { text: string; data?: Record<string, unknown> } | { text: string; failure: ToolFailure };

/** The record of a call. It never contains texts of items or answers. */
export interface ToolCallRecord {
  tool: string;
  /** Whether the call writes: neither a read nor a preview. */
  isWrite: boolean;
  /** Where it writes; see `toCallTarget`. */
  target: string;
  requestId: string;
  durationMs: number;
  /** `ok`, or the code of the failure. */
  outcome: string;
  severity: ToolFailure["severity"];
  /** Omitted for expected refusals, because their messages may repeat the arguments. */
  error?: unknown;
}

/**
 * Runs a tool: checks the policy, parses the arguments, calls the handler. The policy is enforced
 * here, because earlier checks can be bypassed (a JSON-RPC batch carries several calls in one
 * request).
 *
 * Never throws: every failure becomes an outcome.
 *
 * @param createContext called only if the call is allowed and its arguments are valid.
 * @param onCall called with the outcome before it is returned.
 */
export const runTool = (
  call: ToolCall,
  createContext: () => ToolContext,
  onCall: (record: ToolCallRecord) => void,
): Promise<ToolOutcome> => withSuggestionBudget(() => run(call, createContext, onCall));

async function run(
  { tool, limits, args, requestId, answers }: ToolCall,
  createContext: () => ToolContext,
  onCall: (record: ToolCallRecord) => void,
): Promise<ToolOutcome> {
  const startedAt = performance.now();
  const record = (end: Pick<ToolCallRecord, "outcome" | "severity" | "error">) =>
    onCall({
      requestId,
      tool: tool.name,
      isWrite: !tool.annotations.readOnlyHint && !isPreview(tool, args),
      target: toCallTarget(args),
      durationMs: Math.round(performance.now() - startedAt),
      ...end,
    });
  try {
    const decision = decide(limits, tool).run;
    if (decision !== "allowed") {
      throw new ToolError(decision.refused.code, decision.refused.reason);
    }
    const input = tool.inputSchema.safeParse(args);
    if (!input.success) {
      throw new ToolError(
        "invalid_argument",
        `${describeIssues(input.error)}. Nothing was done. Fix this and call again.`,
      );
    }
    const { text, data } = await runHandler(tool, input.data, createContext());
    const outcome = {
      text: toCleanText(text),
      // Data that does not match the tool's output schema is a bug and is not sent.
      ...(answers === "structured" && { data: toCleanData(tool.outputSchema.parse(data)) }),
    };
    record({ outcome: "ok", severity: "info" });
    return outcome;
  } catch (error) {
    const changesNothing = tool.annotations.readOnlyHint;
    const failure = isExpected(error)
      ? toCallFailure(error, changesNothing)
      : toInternalFailure({ requestId, changesNothing });
    const { code, severity } = failure;
    const text = toCleanText(toFailureText(failure));
    record({ outcome: code, severity, ...(severity !== "info" && { error }) });
    return { text, failure: toCleanData(failure) };
  }
}

/** Whether a call only shows what it would do: a dry run, or the first of two calls. */
function isPreview({ inputSchema }: ToolCall["tool"], args: unknown): boolean {
  const given = typeof args === "object" && args !== null ? args : {};
  if ("dry_run" in given && given.dry_run === true) return true;
  return "confirm" in inputSchema.shape && !("confirm" in given);
}

/** Refusals of the whole call. Tools check all of the input before they write anything. */
const BEFORE_WRITING: readonly string[] = [
  "invalid_argument",
  "not_found",
  "ambiguous_name",
  "project_not_granted",
  "taiga_permission_missing",
] satisfies ToolErrorCode[];

/** Says of a refused write that nothing was written, unless its message says so. */
function toCallFailure(error: ExpectedError, changesNothing: boolean): ToolFailure {
  const failure = toFailure(error);
  const isRefused = error instanceof ToolError && BEFORE_WRITING.includes(error.code);
  if (changesNothing || !isRefused || /Nothing was/.test(error.message)) return failure;
  return { ...failure, advice: "Nothing was written. Correct this and call again." };
}
