import type { TaigaClient } from "@taiga-mcp/taiga-client";
import type { z } from "zod";
import type { Confirmations } from "../calls/confirmation.ts";
import type { Idempotency } from "../calls/idempotency.ts";
import type { Clock } from "../clock.ts";
import type { PolicedTool } from "../policy/policy.ts";
import type { ProjectDirectory } from "../projects/project-directory.ts";

/** All four hints, so that silence is impossible. */
export interface ToolHints {
  readOnlyHint: boolean;
  destructiveHint: boolean;
  idempotentHint: boolean;
  openWorldHint: boolean;
}

/** Looks and changes nothing. Other people write what is in Taiga, hence the open world. */
export const READS: ToolHints = {
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: true,
};

/** Adds, and leaves what is there as it is; twice adds twice. */
export const CREATES: ToolHints = {
  readOnlyHint: false,
  destructiveHint: false,
  idempotentHint: false,
  openWorldHint: true,
};

/** Overwrites, which MCP calls destructive as soon as an update is not merely additive. */
export const CHANGES: ToolHints = {
  readOnlyHint: false,
  destructiveHint: true,
  idempotentHint: false,
  openWorldHint: true,
};

/** Takes away, for good. */
export const DELETES: ToolHints = {
  readOnlyHint: false,
  destructiveHint: true,
  idempotentHint: false,
  openWorldHint: true,
};

/** What a tool may use: Taiga as this user, and nothing that could be another user's. */
export interface ToolContext {
  taiga: TaigaClient;
  /** This user's projects, their people, statuses, points …, by the names people use. */
  projects: ProjectDirectory;
  /** Answers a repeated create with its first result. */
  idempotency: Idempotency;
  /** Signs what this user was shown before a delete, and checks it at the second call. */
  confirmations: Confirmations;
  /** Taiga as people see it in a browser, without a trailing slash; links are built from it. */
  taigaWebUrl: string;
  clock: Clock;
  /** Aborted when the client has gone away. */
  signal: AbortSignal;
  /** Tells a client that asked for it how far a long call is; does nothing otherwise. */
  reportProgress: (done: number, total: number, message: string) => Promise<void>;
}

/** A tool's answer: dense text for the model, and the same facts as data. */
export interface ToolAnswer<Output> {
  text: string;
  data: Output;
}

/** A tool as its file writes it; the folder of the file says the toolset. */
export interface ToolDefinition<
  Input extends z.ZodObject = z.ZodObject,
  Output extends z.ZodObject = z.ZodObject,
> extends Omit<PolicedTool, "toolset"> {
  title: string;
  description: string;
  annotations: ToolHints;
  inputSchema: Input;
  outputSchema: Output;
  /** @throws {ToolError} and lets `TaigaError` through; both become answers that help. */
  handler(input: z.output<Input>, context: ToolContext): Promise<ToolAnswer<z.input<Output>>>;
}

/** Ties the handler's types to the schemas. */
export const defineTool = <Input extends z.ZodObject, Output extends z.ZodObject>(
  definition: ToolDefinition<Input, Output>,
): ToolDefinition<Input, Output> => definition;
