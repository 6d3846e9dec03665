export type { ActingUser } from "./demo/act-as.ts";
export type { Control, Failure, RecordedRequest } from "./control.ts";
export type { SandboxRequest, SandboxResponse } from "./http/in-process.ts";
export { createSandbox, type Sandbox, type SandboxOptions } from "./sandbox.ts";
export type { SeedName } from "./demo/index.ts";
export type * from "./model/state.ts";
export type { TokenLifetimes } from "./auth/tokens.ts";
export type { ProjectSeed, Seed } from "./demo/seed.ts";
export { KANBAN, SCRUM, type Template } from "./projects/templates.ts";
