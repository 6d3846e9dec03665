import type { TaigaClient } from "@taiga-mcp/taiga-client";
import type { z } from "zod";
import type { Confirmations } from "../calls/confirmation.ts";
import type { Idempotency } from "../calls/idempotency.ts";
import type { LockWrites } from "../calls/write-locks.ts";
import type { Clock } from "../clock.ts";
import type { Caller } from "../policy/caller.ts";
import type { PolicedTool } from "../policy/policy.ts";
import type { ProjectDirectory } from "../projects/project-directory.ts";

/** MCP's tool annotations. All four are required, so that no tool relies on a default. */
export interface ToolHints {
  readOnlyHint: boolean;
  destructiveHint: boolean;
  idempotentHint: boolean;
  openWorldHint: boolean;
}

/** Reads only. The open world hint is set because other people write the content of Taiga. */
export const READS: ToolHints = {
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: true,
};

/** Adds without changing existing data; a repeated call adds again. */
export const CREATES: ToolHints = {
  readOnlyHint: false,
  destructiveHint: false,
  idempotentHint: false,
  openWorldHint: true,
};

/** Overwrites existing data. MCP calls every update destructive that is not purely additive. */
export const CHANGES: ToolHints = {
  readOnlyHint: false,
  destructiveHint: true,
  idempotentHint: false,
  openWorldHint: true,
};

/** Switches something on or off for this user; a repeated call changes nothing. */
export const SWITCHES: ToolHints = {
  readOnlyHint: false,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: true,
};

/** Deletes permanently. */
export const DELETES: ToolHints = {
  readOnlyHint: false,
  destructiveHint: true,
  idempotentHint: false,
  openWorldHint: true,
};

/** What a tool may use: Taiga as this user, and no data of other users. */
export interface ToolContext {
  taiga: TaigaClient;
  /** This user's projects with their people, statuses, points …, by the names that people use. */
  projects: ProjectDirectory;
  /** Answers a repeated call with the result of the first. */
  idempotency: Idempotency;
  /** Signs what this user was shown before a delete; the second call verifies it. */
  confirmations: Confirmations;
  /** Lets one call at a time write an item, over all users and replicas. */
  lockWrites: LockWrites;
  /** What the user agreed to. */
  grant: Pick<Caller, "access" | "projects">;
  /** The address of Taiga's web client, without a trailing slash; links are built from it. */
  taigaWebUrl: string;
  clock: Clock;
  /** Aborted when the client disconnects. */
  signal: AbortSignal;
  /** Reports the progress of a long call if the client has asked for it. */
  reportProgress: (done: number, total: number, message: string) => Promise<void>;
}

/** A tool's answer: dense text for the model, and the same facts as data. */
export interface ToolAnswer<Output> {
  text: string;
  data: Output;
}

/** A tool as its file defines it; the file's folder determines the toolset. */
export interface ToolDefinition<
  Input extends z.ZodObject = z.ZodObject,
  Output extends z.ZodObject = z.ZodObject,
> extends Omit<PolicedTool, "toolset"> {
  title: string;
  description: string;
  annotations: ToolHints;
  /** Searches: one call can make many requests to Taiga. Such calls have lower limits. */
  isExpensive?: true;
  inputSchema: Input;
  outputSchema: Output;
  /** @throws {ToolError} or `TaigaError`; the runner turns both into an answer with advice. */
  handler(input: z.output<Input>, context: ToolContext): Promise<ToolAnswer<z.input<Output>>>;
}

/** Infers the handler's types from the schemas. */
export const defineTool = <Input extends z.ZodObject, Output extends z.ZodObject>(
  definition: ToolDefinition<Input, Output>,
): ToolDefinition<Input, Output> => definition;
