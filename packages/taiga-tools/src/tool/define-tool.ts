import type { AccessLevel, Clock } from "@taiga-mcp/service";
import type { TaigaClient } from "@taiga-mcp/taiga-client";
import type { z } from "zod";
import type { Confirmations } from "../calls/confirmation.ts";
import type { IdempotencyLedger } from "../calls/idempotency.ts";
import type { ProjectDirectory } from "../projects/project-directory.ts";

/** Groups of tools that are switched on together; `core` is the default. */
export const TOOLSETS = ["core"] as const;
export type Toolset = (typeof TOOLSETS)[number];

/** All four hints, so that silence is impossible. */
export interface ToolHints {
  readOnlyHint: boolean;
  destructiveHint: boolean;
  idempotentHint: boolean;
  openWorldHint: boolean;
}

/** What a tool may use: Taiga as this user, and nothing that could be another user's. */
export interface ToolContext {
  taiga: TaigaClient;
  /** This user's projects, their people, statuses, points …, by the names people use. */
  projects: ProjectDirectory;
  /** Answers a repeated create with its first result. */
  ledger: IdempotencyLedger;
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

export interface ToolDefinition<
  Input extends z.ZodObject = z.ZodObject,
  Output extends z.ZodObject = z.ZodObject,
> {
  /** verb_noun; the file has the same name in kebab-case. */
  name: string;
  title: string;
  description: string;
  toolset: Toolset;
  /** The lowest access level that may run it. */
  access: AccessLevel;
  /**
   * Taiga permissions (`add_us` …) of which the user needs at least one, in some project, for the
   * tool to be of any use; left out where every user can use it.
   */
  taigaPermissions?: readonly string[];
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
