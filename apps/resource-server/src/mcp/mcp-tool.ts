import type { CallToolResult, Tool } from "@modelcontextprotocol/server";
import type { AnswerForm, LoadedTool, ToolOutcome } from "@taiga-mcp/taiga-tools";
import type { CallClass } from "../limits/call-limits.ts";
import { toClientHints } from "./client-hints.ts";

/** A tool as MCP knows it, created once for all requests. */
export interface McpTool {
  name: string;
  /** Which limits apply to its calls. */
  callClass: CallClass;
  /** How `tools/list` shows it. Where answers are text alone, it has no output schema. */
  listings: Readonly<Record<AnswerForm, Tool>>;
}

export function toMcpTool({ definition, listing }: LoadedTool): McpTool {
  const { outputSchema, ...text } = { ...listing, ...toClientHints(listing.name) };
  return {
    name: listing.name,
    callClass: toCallClass(definition),
    listings: { text, structured: { ...text, outputSchema } },
  };
}

const toCallClass = ({ annotations, isExpensive }: LoadedTool["definition"]): CallClass => {
  if (!annotations.readOnlyHint) return "write";
  return isExpensive === true ? "expensive" : "read";
};

/**
 * The MCP result of a call. A failure is a result as well, which the model reads; a protocol error would
 * end its turn. It has no structured content: one client would show its model that and not the text.
 * @see MCP tools, "Structured Content" and "Error Handling"
 */
export function toCallToolResult(outcome: ToolOutcome): CallToolResult {
  const content: CallToolResult["content"] = [{ type: "text", text: outcome.text }];
  if ("failure" in outcome) return { content, isError: true };
  return outcome.data === undefined ? { content } : { content, structuredContent: outcome.data };
}
