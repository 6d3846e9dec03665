import type { Logger } from "@taiga-mcp/service";
import type { ToolRunnerDeps } from "@taiga-mcp/taiga-tools";
import type { McpCaller } from "./caller.ts";

/** What becomes of calls, as lines of the log. */
export function createCallLog(
  logger: Logger,
): Pick<ToolRunnerDeps<McpCaller>, "onCall" | "onUnfilteredList"> {
  return {
    onCall({ requestId, tool, durationMs, outcome, severity, error }) {
      const record = { requestId, tool, durationMs, outcome };
      logger[severity]({ ...record, ...(error !== undefined && { err: error }) }, "tool call");
    },
    onUnfilteredList: ({ caller: { requestId }, error }) =>
      logger.warn({ requestId, err: error }, "tools are listed without Taiga's permissions"),
  };
}
