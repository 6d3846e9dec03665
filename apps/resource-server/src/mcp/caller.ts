import type { McpRequestContext } from "@modelcontextprotocol/server";
import { type Caller, type Narrowing, parseNarrowing } from "@taiga-mcp/taiga-tools";
import { grantOf } from "../auth/grant.ts";
import type { GrantProof } from "../auth/taiga-credentials.ts";

/** Header in which the HTTP side hands on the id it gave the request. */
export const REQUEST_ID_HEADER = "x-request-id";

/** Who makes an MCP request, with what proves it to the authorization server and goes nowhere else. */
export type McpCaller = Caller & GrantProof;

/**
 * Who makes a request, and what the address in use asks for.
 * @throws {Error} when the bearer gate did not run: a bug that must not be served.
 */
export function readCaller({ authInfo, requestInfo }: McpRequestContext): {
  caller: McpCaller;
  narrowing: Narrowing;
} {
  if (authInfo === undefined || requestInfo === undefined) {
    throw new Error("an MCP request got past the bearer gate");
  }
  const caller = {
    ...grantOf(authInfo),
    accessToken: authInfo.token,
    requestId: requestInfo.headers.get(REQUEST_ID_HEADER) ?? "",
  };
  return { caller, narrowing: parseNarrowing(new URL(requestInfo.url).searchParams) };
}
