import type { AuthInfo } from "@modelcontextprotocol/server";
import {
  type AnswerForm,
  type Caller,
  type CallerTools,
  parseAddress,
  type ToolRunner,
  type Toolset,
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
  /**
   * Of an address that names none, for a client that loads all descriptions up front. `undefined`
   * for all that the operator offers.
   */
  defaultToolsets?: readonly Toolset[] | undefined;
}

/**
 * @param request with the verified token, and the query of the address that the client uses;
 *   `loadsOnDemand` says what kind of client it is.
 * @throws {AddressError} when the query is invalid.
 */
export function createExchange(
  request: {
    authInfo: AuthInfo;
    requestId: string;
    query: URLSearchParams;
    loadsOnDemand: boolean;
  },
  { runner, answers, defaultToolsets }: ExchangeDeps,
): Exchange {
  const { authInfo, requestId, query, loadsOnDemand } = request;
  const address = parseAddress(query);
  const { toolsets = loadsOnDemand ? undefined : defaultToolsets, readOnly } = address.narrowing;
  const caller = { ...grantOf(authInfo), accessToken: authInfo.token, requestId };
  return {
    authInfo,
    caller,
    tools: runner.for(caller, { toolsets, readOnly }),
    answers: address.answers ?? answers,
  };
}
