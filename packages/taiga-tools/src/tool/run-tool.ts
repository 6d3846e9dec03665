import type { CallToolResult } from "@modelcontextprotocol/server";
import type { Logger } from "@taiga-mcp/service";
import { decide, type Limits } from "../policy/policy.ts";
import type { ToolContext, ToolDefinition } from "./define-tool.ts";
import { ToolError } from "../errors.ts";
import { toArgumentError, toToolErrorResult, toToolFailure, toToolResult } from "./failure.ts";

/** One call of one tool. */
export interface ToolCall {
  tool: ToolDefinition;
  limits: Limits;
  /** As the client sent them. */
  args: unknown;
  requestId: string;
}

/**
 * Runs a tool: asks the policy, reads the arguments, calls the handler. This is where the lock is;
 * a check before it can be walked around (a JSON-RPC batch carries several calls in one request).
 *
 * Never throws: every failure becomes an answer. The log gets the tool, how long it took and how it
 * ended, never what was asked or answered.
 *
 * @param createContext made only once the call is allowed and its arguments are good.
 */
export async function runTool(
  { tool, limits, args, requestId }: ToolCall,
  createContext: () => ToolContext,
  logger: Logger,
): Promise<CallToolResult> {
  const startedAt = performance.now();
  const record = (outcome: string) => ({
    requestId,
    tool: tool.name,
    durationMs: Math.round(performance.now() - startedAt),
    outcome,
  });
  try {
    const { run } = decide(limits, tool);
    if (run !== "allowed") throw new ToolError(run.refused.code, run.refused.reason);
    const input = tool.inputSchema.safeParse(args);
    if (!input.success) throw toArgumentError(input.error);
    const result = toToolResult(tool, await tool.handler(input.data, createContext()));
    logger.info(record("ok"), "tool call");
    return result;
  } catch (error) {
    const changesNothing = tool.annotations.readOnlyHint;
    const failure = toToolFailure(error, { requestId, changesNothing });
    // An expected refusal needs no error record: its message may name what the user asked for.
    const evidence = failure.log === "info" ? {} : { err: error };
    logger[failure.log]({ ...record(failure.code), ...evidence }, "tool call");
    return toToolErrorResult(failure);
  }
}
