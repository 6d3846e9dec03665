import type { AuthInfo } from "@modelcontextprotocol/server";
import {
  type AnswerForm,
  type Caller,
  type CallerTools,
  parseAddress,
  type ToolRunner,
} from "@taiga-mcp/taiga-tools";
import { grantOf } from "../auth/grant.ts";
import type { GrantProof } from "../auth/taiga-credentials.ts";

/** The caller of a tool, with the access token, which is sent only to the authorization server. */
export type McpCaller = Caller & GrantProof;

/** What all messages of one HTTP request have in common. */
export interface Exchange {
  authInfo: AuthInfo;
  caller: McpCaller;
  tools: CallerTools;
  answers: AnswerForm;
  /** How long to wait, if a call of this request was refused for a time. */
  retryAfterSeconds?: number;
}

export interface ExchangeDeps {
  runner: ToolRunner<McpCaller>;
  /** Used unless the address names another form. */
  answers: AnswerForm;
}

/**
 * @param request with the verified token, and the query of the address that the client uses.
 * @throws {AddressError} when the query is invalid.
 */
export function createExchange(
  request: { authInfo: AuthInfo; requestId: string; query: URLSearchParams },
  { runner, answers }: ExchangeDeps,
): Exchange {
  const { authInfo, requestId, query } = request;
  const address = parseAddress(query);
  const caller = { ...grantOf(authInfo), accessToken: authInfo.token, requestId };
  return {
    authInfo,
    caller,
    tools: runner.for(caller, address.narrowing),
    answers: address.answers ?? answers,
  };
}
