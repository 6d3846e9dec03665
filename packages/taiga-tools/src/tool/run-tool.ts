import { decide, type Limits } from "../policy/policy.ts";
import { isExpected, ToolError } from "../errors.ts";
import { toFailure, toFailureText, toInternalFailure, type ToolFailure } from "../failure.ts";
import { describeIssues } from "../schema/problems.ts";
import type { ToolContext } from "./define-tool.ts";
import type { LoadedTool } from "./load-tools.ts";

/** One call of one tool. */
export interface ToolCall {
  tool: LoadedTool["definition"];
  limits: Limits;
  /** As the client sent them. */
  args: unknown;
  requestId: string;
}

/** How a call ended. `text` is for the model, whether it worked or not. */
export type ToolOutcome =
  /** `data` matches the tool's output schema. */
  { text: string; data: Record<string, unknown> } | { text: string; failure: ToolFailure };

/** What the log gets of a call: never what was asked or answered. */
export interface ToolCallRecord {
  tool: string;
  requestId: string;
  durationMs: number;
  /** `ok`, or the code of the failure. */
  outcome: string;
  severity: ToolFailure["severity"];
  /** Left out for an expected refusal: its message may name what the user asked for. */
  error?: unknown;
}

/**
 * Runs a tool: asks the policy, reads the arguments, calls the handler. This is where the lock is;
 * a check before it can be walked around (a JSON-RPC batch carries several calls in one request).
 *
 * Never throws: every failure becomes an outcome.
 *
 * @param createContext made only once the call is allowed and its arguments are good.
 * @param onCall told how the call ended, before the caller is.
 */
export async function runTool(
  { tool, limits, args, requestId }: ToolCall,
  createContext: () => ToolContext,
  onCall: (record: ToolCallRecord) => void,
): Promise<ToolOutcome> {
  const startedAt = performance.now();
  const record = (end: Pick<ToolCallRecord, "outcome" | "severity" | "error">) =>
    onCall({
      requestId,
      tool: tool.name,
      durationMs: Math.round(performance.now() - startedAt),
      ...end,
    });
  try {
    const { run } = decide(limits, tool);
    if (run !== "allowed") throw new ToolError(run.refused.code, run.refused.reason);
    const input = tool.inputSchema.safeParse(args);
    if (!input.success) {
      throw new ToolError(
        "invalid_argument",
        `${describeIssues(input.error)}. Nothing was done. Fix this and call again.`,
      );
    }
    const { text, data } = await tool.handler(input.data, createContext());
    // An answer that breaks the tool's own promise is a bug, and is not sent.
    const outcome = { text, data: tool.outputSchema.parse(data) };
    record({ outcome: "ok", severity: "info" });
    return outcome;
  } catch (error) {
    const changesNothing = tool.annotations.readOnlyHint;
    const failure = isExpected(error)
      ? toFailure(error)
      : toInternalFailure({ requestId, changesNothing });
    const { code, severity } = failure;
    record({ outcome: code, severity, ...(severity !== "info" && { error }) });
    return { text: toFailureText(failure), failure };
  }
}
