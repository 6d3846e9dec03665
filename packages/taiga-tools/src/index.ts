export { createConfirmations, deriveConfirmationKey } from "./calls/confirmation.ts";
export { createIdempotencyLedgers, type IdempotencyLedgers } from "./calls/idempotency.ts";
export { ToolError } from "./errors.ts";
export { type Narrowing, parseNarrowing, toNarrowingQuery } from "./policy/narrowing.ts";
export { decide, type Limits, type OperatorLimits, type PolicedTool } from "./policy/policy.ts";
export {
  createProjectDirectories,
  type ProjectDirectories,
  type ProjectDirectory,
} from "./projects/project-directory.ts";
export {
  defineTool,
  type ToolContext,
  type ToolDefinition,
  TOOLSETS,
  type Toolset,
} from "./tool/define-tool.ts";
export { type LoadedTool, loadTools, toLoadedTool } from "./tool/load-tools.ts";
export { runTool } from "./tool/run-tool.ts";
export { within } from "./tool/within.ts";
