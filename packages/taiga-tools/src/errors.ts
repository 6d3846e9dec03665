import { CodedError } from "@taiga-mcp/service";

/** Why a tool could not do what it was asked; becomes an answer with `isError: true`. */
export type ToolErrorCode =
  | "invalid_argument"
  | "not_found"
  | "ambiguous_name"
  | "version_conflict"
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
export class ToolError extends CodedError<ToolErrorCode> {}
