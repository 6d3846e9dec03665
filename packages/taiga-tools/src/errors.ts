import { TaigaError } from "@taiga-mcp/taiga-client";

/** Why a tool failed; the text of the answer begins with the code. */
export type ToolErrorCode =
  | "invalid_argument"
  | "not_found"
  | "ambiguous_name"
  | "version_conflict"
  | "busy"
  | "access_level_too_low"
  | "tool_not_enabled"
  | "project_not_granted"
  | "taiga_permission_missing"
  | "idempotency_mismatch"
  | "outcome_unknown"
  | "reconnect_required"
  | "answer_too_large";

/**
 * A tool's expected failure. `message` is read by a model: it says what is wrong, names the
 * field, and says what to do next (candidates, the missing level, how to check).
 */
export class ToolError extends Error {
  readonly code: ToolErrorCode;

  constructor(code: ToolErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "ToolError";
    this.code = code;
  }
}

/**
 * The store or the Taiga transport does not answer. Both are passed in and throw their own error
 * classes, so tools recognise an outage by its code.
 */
export interface Outage extends Error {
  code: "temporarily_unavailable";
}

export const isOutage = (error: unknown): error is Outage =>
  error instanceof Error && "code" in error && error.code === "temporarily_unavailable";

/** The errors that tools expect; any other error is a bug. */
export type ExpectedError = TaigaError | ToolError | Outage;

export const isExpected = (error: unknown): error is ExpectedError =>
  error instanceof TaigaError || error instanceof ToolError || isOutage(error);
