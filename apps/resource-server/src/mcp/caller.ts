import type { McpRequestContext } from "@modelcontextprotocol/server";
import { type Caller, type Narrowing, parseNarrowing } from "@taiga-mcp/taiga-tools";
import { grantOf } from "../auth/grant.ts";
import type { GrantProof } from "../auth/taiga-credentials.ts";

/** The HTTP routes pass the id of the request in this header. */
export const REQUEST_ID_HEADER = "x-request-id";

/** The caller of a tool, with the access token, which is sent only to the authorization server. */
export type McpCaller = Caller & GrantProof;

/**
 * Reads the caller from the verified token, and the narrowing from the address.
 * @throws {Error} when the bearer gate did not run: a bug.
 */
export function readCaller({ authInfo, requestInfo }: McpRequestContext): {
  caller: McpCaller;
  narrowing: Narrowing;
} {
  if (authInfo === undefined || requestInfo === undefined) {
    throw new Error("the bearer gate did not run before this MCP request");
  }
  const caller = {
    ...grantOf(authInfo),
    accessToken: authInfo.token,
    requestId: requestInfo.headers.get(REQUEST_ID_HEADER) ?? "",
  };
  return { caller, narrowing: parseNarrowing(new URL(requestInfo.url).searchParams) };
}
