export type { Control, Failure, RecordedRequest } from "./control.ts";
export { createSandbox, type Sandbox, type SandboxOptions } from "./sandbox.ts";
export type { SeedName } from "./seed/index.ts";
export type { TokenLifetimes } from "./tokens.ts";
