import type { CallToolResult, StandardSchemaWithJSON } from "@modelcontextprotocol/server";
import type { ListedSchema, LoadedTool, ToolOutcome } from "@taiga-mcp/taiga-tools";

/** A tool as the SDK registers it, made once for all requests. */
export interface McpTool {
  name: string;
  /** Answers with the very schema that is listed, so that none is converted twice. */
  inputSchema: StandardSchemaWithJSON;
  /** See `inputSchema`. */
  outputSchema: StandardSchemaWithJSON;
}

export const toMcpTool = ({ listing }: LoadedTool): McpTool => ({
  name: listing.name,
  inputSchema: toStandardSchema(listing.inputSchema),
  outputSchema: toStandardSchema(listing.outputSchema),
});

/** Checks nothing: arguments and answers are parsed where the tool runs, with better messages. */
const toStandardSchema = (json: ListedSchema): StandardSchemaWithJSON => ({
  "~standard": {
    version: 1,
    vendor: "taiga-mcp",
    validate: (value) => ({ value }),
    jsonSchema: { input: () => json, output: () => json },
  },
});

/**
 * How a call ended, on the wire: a failure too is a result that the model reads, not a protocol
 * error that ends its turn.
 * @see MCP tools, "Structured Content" and "Error Handling"
 */
export const toCallToolResult = (outcome: ToolOutcome): CallToolResult => ({
  content: [{ type: "text", text: outcome.text }],
  ...("failure" in outcome ? { isError: true } : { structuredContent: outcome.data }),
});
