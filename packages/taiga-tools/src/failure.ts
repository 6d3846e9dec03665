import { TaigaError, type TaigaErrorCode } from "@taiga-mcp/taiga-client";
import { type ExpectedError, ToolError } from "./errors.ts";
import { quote } from "./text/quote.ts";

/** Why a call or one of its items failed, and what a model can do about it. */
export interface ToolFailure {
  code: string;
  message: string;
  /** What to do next, as a sentence. */
  advice?: string | undefined;
  /** For the log: `info` is the caller's mistake, `warn` an outage, `error` a bug. */
  severity: "info" | "warn" | "error";
}

/** Describes an expected failure. Whole calls and single items share this mapping. */
export function toFailure(error: ExpectedError): ToolFailure {
  const { code, message } = error;
  if (error instanceof ToolError) return { code, message, severity: "info" };
  if (error instanceof TaigaError) return toTaigaFailure(error);
  return { code, message, advice: "Wait a moment and call again.", severity: "warn" };
}

/** Describes a bug. The model gets only the request id, under which the log holds the details. */
export const toInternalFailure = (call: {
  requestId: string;
  changesNothing: boolean;
}): ToolFailure => ({
  code: "internal_error",
  message: `The server failed unexpectedly. Its operator can find the cause in the log under ${call.requestId}.`,
  advice: call.changesNothing ? undefined : CHECK_FIRST,
  severity: "error",
});

/** A failure as the text that a model reads. */
export const toFailureText = ({ code, message, advice }: ToolFailure): string =>
  `${code}: ${[message, advice].filter(Boolean).join(" ")}`;

const CHECK_FIRST =
  "It may have been carried out anyway. Check with find_items or get_items before you repeat it.";

const RECONNECT =
  "Ask the user to reconnect: disconnect this MCP server in the client, connect it again, and log in to Taiga.";

const REFUSED = "Taiga did not carry out this request. Correct the values and call again.";

const ADVICE: Partial<Record<TaigaErrorCode, string>> = {
  invalid_credentials: RECONNECT,
  token_not_valid: RECONNECT,
  user_inactive: "The user's Taiga account is disabled; a Taiga administrator can help.",
  user_not_found: "The user's Taiga account no longer exists; a Taiga administrator can help.",
  not_authenticated: RECONNECT,
  permission_denied:
    "Either the user's role in this project does not allow this, or the object does not exist. get_project shows what the user may do; a project administrator can change it.",
  not_found: "Check the reference: find_items and list_projects show what exists.",
  invalid_request: REFUSED,
  validation_failed: REFUSED,
  version_conflict:
    "Read the item again with get_items and repeat the change with its new version.",
  version_invalid: "Read the item again with get_items and repeat the change with its new version.",
  project_archived: "It can be read but not changed.",
  project_blocked: "It can be read but not changed until its owner unblocks it.",
  unavailable: "Try again in a minute.",
  server_error: "Try again in a minute.",
};

/** Failures of Taiga that no caller can fix. */
const OUTAGES: readonly TaigaErrorCode[] = ["unavailable", "server_error", "unexpected_response"];

function toTaigaFailure({ code, message, ...details }: TaigaError): ToolFailure {
  const advice = code === "throttled" ? toWaitAdvice(details.retryAfterSeconds) : ADVICE[code];
  return {
    code,
    message: details.quotesTaiga
      ? `Taiga answered: ${quote(message, MAX_QUOTED)}.`
      : toSentence(message),
    advice: details.outcomeUnknown ? CHECK_FIRST : advice,
    severity: OUTAGES.includes(code) ? "warn" : "info",
  };
}

function toWaitAdvice(seconds: number | undefined): string {
  const wait = seconds === undefined ? "a minute" : `${Math.ceil(seconds)} seconds`;
  return `Taiga limits how many requests it takes. Wait ${wait} and call again.`;
}

/** Taiga names every wrong field in one message. */
const MAX_QUOTED = 1_000;

const toSentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);
