import type { CallToolResult, StandardSchemaWithJSON } from "@modelcontextprotocol/server";
import type { CallClass } from "../limits/call-limits.ts";
import type { ListedSchema, LoadedTool, ToolOutcome } from "@taiga-mcp/taiga-tools";

/** A tool as it is registered with the SDK, created once for all requests. */
export interface McpTool {
  name: string;
  /** Which limits apply to its calls. */
  callClass: CallClass;
  /** Returns the listed JSON schema itself, so that the SDK converts nothing. */
  inputSchema: StandardSchemaWithJSON;
  /** See `inputSchema`. */
  outputSchema: StandardSchemaWithJSON;
}

export const toMcpTool = ({ definition, listing }: LoadedTool): McpTool => ({
  name: listing.name,
  callClass: toCallClass(definition),
  inputSchema: toStandardSchema(listing.inputSchema),
  outputSchema: toStandardSchema(listing.outputSchema),
});

const toCallClass = ({ annotations, isExpensive }: LoadedTool["definition"]): CallClass => {
  if (!annotations.readOnlyHint) return "write";
  return isExpensive === true ? "expensive" : "read";
};

/** Validates nothing: the tool runner parses arguments and results, with better messages. */
const toStandardSchema = (json: ListedSchema): StandardSchemaWithJSON => ({
  "~standard": {
    version: 1,
    vendor: "taiga-mcp",
    validate: (value) => ({ value }),
    jsonSchema: { input: () => json, output: () => json },
  },
});

/**
 * The MCP result of a call. A failure is a result as well, which the model reads; a protocol error would
 * end its turn.
 * @see MCP tools, "Structured Content" and "Error Handling"
 */
export const toCallToolResult = (outcome: ToolOutcome): CallToolResult => ({
  content: [{ type: "text", text: outcome.text }],
  ...("failure" in outcome ? { isError: true } : { structuredContent: outcome.data }),
});
