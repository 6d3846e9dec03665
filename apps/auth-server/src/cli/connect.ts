/** The name under which an MCP client lists this server. */
const SERVER_NAME = "taiga";

/** The command that connects Claude Code. @param mcpUrl the MCP endpoint. */
export const toClaudeCommand = (mcpUrl: string): string =>
  `claude mcp add --transport http ${SERVER_NAME} ${mcpUrl}`;
