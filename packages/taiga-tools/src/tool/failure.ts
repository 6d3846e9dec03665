import { TaigaError, type TaigaErrorCode } from "@taiga-mcp/taiga-client";
import type { z } from "zod";
import { isOutage, ToolError } from "../errors.ts";

const MAX_ISSUES = 10;

/** Why a call failed, and what a model can do about it. */
export interface ToolFailure {
  code: string;
  message: string;
  /** What to do next, as a sentence. */
  advice?: string | undefined;
  /** For the log: `info` concerns the caller alone, `warn` is an outage, `error` a bug. */
  severity: "info" | "warn" | "error";
}

/**
 * What a thrown value is to the model that made the call. Expected failures say what they know;
 * anything else says nothing but the id under which the log has more.
 */
export function toToolFailure(
  error: unknown,
  call: { requestId: string; changesNothing: boolean },
): ToolFailure {
  if (error instanceof ToolError) {
    return { code: error.code, message: error.message, severity: "info" };
  }
  if (error instanceof TaigaError) return toTaigaFailure(error);
  if (isOutage(error)) {
    return {
      code: error.code,
      message: error.message,
      advice: "Wait a moment and call again.",
      severity: "warn",
    };
  }
  return {
    code: "internal_error",
    message: `Something failed on our side. The operator finds it in the log under ${call.requestId}.`,
    advice: call.changesNothing ? undefined : LOOK_FIRST,
    severity: "error",
  };
}

/** A failure as the text that a model reads. */
export const toFailureText = ({ code, message, advice }: ToolFailure): string =>
  `${code}: ${[message, advice].filter(Boolean).join(" ")}`;

/** Bad arguments, each by its path and the rule it breaks. */
export function toArgumentError(error: z.ZodError): ToolError {
  const issues = error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.join(".")}: ${message}`,
  );
  const more = issues.length - MAX_ISSUES;
  const text = issues.slice(0, MAX_ISSUES).join("; ") + (more > 0 ? `; and ${more} more` : "");
  return new ToolError("invalid_argument", `${text}. Nothing was done. Mend this and call again.`);
}

const LOOK_FIRST =
  "It may have been carried out all the same: look (find_items, get_items) before doing it again.";

const RECONNECT =
  "Ask the user to reconnect: disconnect this MCP server in the client, connect it again, and log in to Taiga.";

const ADVICE: Partial<Record<TaigaErrorCode, string>> = {
  invalid_credentials: RECONNECT,
  token_not_valid: RECONNECT,
  user_inactive: "The user's account at Taiga is switched off; a Taiga administrator can help.",
  user_not_found: "The user's account at Taiga is gone; a Taiga administrator can help.",
  not_authenticated: RECONNECT,
  permission_denied:
    "The user's role in this project does not allow it, or there is no such object. get_project shows what the user may do; a project administrator can change it.",
  not_found: "Check the reference: find_items and list_projects show what there is.",
  version_conflict: "Read the item again with get_items and repeat the change on its new version.",
  version_invalid: "Read the item again with get_items and repeat the change on its new version.",
  project_archived: "It can be read and not be changed.",
  project_blocked: "It can be read and not be changed until its owner unblocks it.",
  unavailable: "Try again in a while.",
  server_error: "Try again in a while.",
};

/** Failures of Taiga that no caller can mend. */
const OUTAGES: readonly TaigaErrorCode[] = ["unavailable", "server_error", "unexpected_response"];

function toTaigaFailure({ code, message, ...details }: TaigaError): ToolFailure {
  const advice = code === "throttled" ? toWaitAdvice(details.retryAfterSeconds) : ADVICE[code];
  return {
    code,
    message: toSentence(message),
    advice: details.outcomeUnknown ? LOOK_FIRST : advice,
    severity: OUTAGES.includes(code) ? "warn" : "info",
  };
}

function toWaitAdvice(seconds: number | undefined): string {
  const wait = seconds === undefined ? "a minute" : `${Math.ceil(seconds)} seconds`;
  return `Taiga asks for fewer requests. Wait ${wait} and call again.`;
}

const toSentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);
