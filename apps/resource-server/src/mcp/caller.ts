import type { McpRequestContext } from "@modelcontextprotocol/server";
import { type Grant, grantOf } from "../auth/grant.ts";
import { type Narrowing, parseNarrowing } from "@taiga-mcp/taiga-tools";

/** Header in which the HTTP side hands on the id it gave the request. */
export const REQUEST_ID_HEADER = "x-request-id";

/** Who makes a request, and through which address. */
export interface Caller {
  grant: Grant;
  /** Proves to the authorization server that the grant stands; goes nowhere else. */
  accessToken: string;
  narrowing: Narrowing;
  /** The request's id in the log. */
  requestId: string;
}

/** @throws {Error} when the bearer gate did not run: a bug that must not be served. */
export function toCaller({ authInfo, requestInfo }: McpRequestContext): Caller {
  if (authInfo === undefined || requestInfo === undefined) {
    throw new Error("an MCP request got past the bearer gate");
  }
  return {
    grant: grantOf(authInfo),
    accessToken: authInfo.token,
    narrowing: parseNarrowing(new URL(requestInfo.url).searchParams),
    requestId: requestInfo.headers.get(REQUEST_ID_HEADER) ?? "",
  };
}
