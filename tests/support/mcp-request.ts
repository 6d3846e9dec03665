/** The result of one MCP request over plain HTTP. */
export interface McpAnswer {
  status: number;
  /** The JSON-RPC message, or the problem details. */
  body: Record<string, unknown>;
}

/** Sends one stateless JSON-RPC request, without a client that would log in, wait or retry. */
export async function askMcp(
  mcpUrl: string,
  accessToken: string,
  method: string,
  params: Record<string, unknown> = {},
): Promise<McpAnswer> {
  const response = await fetch(mcpUrl, {
    method: "POST",
    headers: {
      authorization: `Bearer ${accessToken}`,
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
    },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
  });
  const text = await response.text();
  const isStream = response.headers.get("content-type")?.startsWith("text/event-stream");
  const json = isStream ? (/^data: (.*)$/m.exec(text)?.[1] ?? "") : text;
  return { status: response.status, body: JSON.parse(json) as Record<string, unknown> };
}

/** How many answered requests for `path` a program's log contains. */
export const countRequests = (log: string, path: string): number =>
  log.split(`"path":"${path}"`).length - 1;
