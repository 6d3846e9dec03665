/** Below which name an MCP client lists this server. */
const SERVER_NAME = "taiga";

/** What a person types to connect Claude Code. @param mcpUrl the MCP endpoint. */
export const toClaudeCommand = (mcpUrl: string): string =>
  `claude mcp add --transport http ${SERVER_NAME} ${mcpUrl}`;
