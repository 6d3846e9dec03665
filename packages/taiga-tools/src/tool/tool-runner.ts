import { isExpected } from "../errors.ts";
import type { Caller } from "../policy/caller.ts";
import { type Narrowing, NO_NARROWING } from "../policy/narrowing.ts";
import { decide, type Decision, type Limits, type OperatorLimits } from "../policy/policy.ts";
import { createToolContexts, type ToolContextsDeps } from "./contexts.ts";
import type { ToolContext } from "./define-tool.ts";
import { toFailureText, type ToolFailure } from "../failure.ts";
import type { LoadedTool } from "./load-tools.ts";
import { runTool, type ToolCallRecord, type ToolOutcome } from "./run-tool.ts";
import { within } from "./within.ts";

/** A list that depends on Taiga's answer is worth waiting for, but a client gives up after a while. */
const PERMISSIONS_TIMEOUT_MS = 3_000;

/** @typeParam Who the entry's own caller: whatever `connect` needs to log in as the user. */
export interface ToolRunnerDeps<Who extends Caller> extends ToolContextsDeps<Who> {
  /** Of all toolsets, in the order of the list. */
  tools: readonly LoadedTool[];
  operator: OperatorLimits;
  /** Audit: told of every call of a known tool, refused ones included. Must not throw. */
  onCall: (record: ToolCallRecord & { caller: Who }) => void;
  /** Told why a list was not filtered by the user's Taiga permissions. Must not throw. */
  onUnfilteredList: (record: { caller: Who; error: unknown }) => void;
}

/**
 * The one way to the tools, whatever protocol a request came by. Policy, confirmations, idempotency
 * and audit hold for every entry, because they are behind this.
 */
export interface ToolRunner<Who extends Caller> {
  /** Every tool there is, also those that no caller may use. */
  tools: readonly LoadedTool[];
  /** @param narrowing what this request asks to leave out. */
  for(caller: Who, narrowing?: Narrowing): CallerTools;
}

/** The tools as one caller has them. */
export interface CallerTools {
  /**
   * The tools that are of use to the caller. Taiga is asked for the user's permissions only when
   * its answer can change the list; when it does not answer in time, they hide nothing.
   */
  list(): Promise<LoadedTool[]>;
  /** What `run` would say, for protocols that refuse in a way of their own. */
  decide(name: string): Decision;
  /**
   * Runs a tool. Never throws: every failure is an outcome.
   * @param args as the client sent them.
   */
  run(name: string, args: unknown, options?: RunOptions): Promise<ToolOutcome>;
}

/** Left out, a call is not aborted and reports to nothing. */
export type RunOptions = Partial<Pick<ToolContext, "signal" | "reportProgress">>;

/** Makes the runner of a process. Nothing is sent yet. */
export function createToolRunner<Who extends Caller>(deps: ToolRunnerDeps<Who>): ToolRunner<Who> {
  const contexts = createToolContexts(deps);
  const byName = new Map(deps.tools.map(({ definition }) => [definition.name, definition]));

  /** `undefined` when Taiga does not say in time: the list then goes by access level alone. */
  const askPermissions = async (caller: Who): Promise<ReadonlySet<string> | undefined> => {
    try {
      return await within(PERMISSIONS_TIMEOUT_MS, contexts.projects(caller).myPermissions());
    } catch (error) {
      if (!isExpected(error)) throw error;
      deps.onUnfilteredList({ caller, error });
      return undefined;
    }
  };

  return {
    tools: deps.tools,
    for(caller, narrowing = NO_NARROWING) {
      const limits: Limits = { operator: deps.operator, caller, request: narrowing };
      return {
        async list() {
          const byAccess = listable(deps.tools, limits);
          if (byAccess.every(({ definition }) => definition.taigaPermissions === undefined)) {
            return byAccess;
          }
          const taigaPermissions = await askPermissions(caller);
          return listable(byAccess, { ...limits, taigaPermissions });
        },

        decide(name) {
          const tool = byName.get(name);
          if (tool !== undefined) return decide(limits, tool);
          const { code, message: reason } = toUnknownTool(name);
          return { list: false, run: { refused: { code, reason } } };
        },

        async run(name, args, options = {}) {
          const { signal = new AbortController().signal, reportProgress = reportNothing } = options;
          const { requestId } = caller;
          const tool = byName.get(name);
          if (tool === undefined) {
            const failure = toUnknownTool(name);
            return { text: toFailureText(failure), failure };
          }
          return runTool(
            { tool, limits, args, requestId },
            () => contexts.forCall(caller, { signal, reportProgress }),
            (record) => deps.onCall({ ...record, caller }),
          );
        },
      };
    },
  };
}

const toUnknownTool = (name: string) =>
  ({
    code: "not_found" as const,
    message: `There is no tool "${name}".`,
    severity: "info",
  }) satisfies ToolFailure;

const reportNothing = async (): Promise<void> => undefined;

const listable = (tools: readonly LoadedTool[], limits: Limits): LoadedTool[] =>
  tools.filter(({ definition }) => decide(limits, definition).list);
