export { deriveConfirmationKey } from "./calls/confirmation.ts";
export type { CallStore } from "./calls/call-store.ts";
export type { SharedLock } from "./calls/write-locks.ts";
export { type Outage, ToolError, type ToolErrorCode } from "./errors.ts";
export { ACCESS_LEVELS, type AccessLevel } from "./policy/access-level.ts";
export type { Caller } from "./policy/caller.ts";
export {
  AddressError,
  type AddressOptions,
  parseAddress,
  toAddressQuery,
} from "./policy/address.ts";
export { ANSWER_FORMS, type AnswerForm } from "./policy/answer-form.ts";
export { type Narrowing, NO_NARROWING } from "./policy/narrowing.ts";
export type { Decision, OperatorLimits, Refusal } from "./policy/policy.ts";
export { TOOLSETS, type Toolset } from "./policy/toolsets.ts";
export {
  CHANGES,
  CREATES,
  defineTool,
  DELETES,
  READS,
  type ToolAnswer,
  type ToolContext,
  type ToolDefinition,
  type ToolHints,
} from "./tool/define-tool.ts";
export type { ToolFailure } from "./failure.ts";
export {
  type ListedSchema,
  type LoadedTool,
  loadTools,
  type ToolListing,
  toLoadedTool,
} from "./tool/load-tools.ts";
export type { ToolCallRecord, ToolOutcome } from "./tool/run-tool.ts";
export {
  type CallerTools,
  createToolRunner,
  type RunOptions,
  type ToolRunner,
  type ToolRunnerDeps,
} from "./tool/tool-runner.ts";
