import { isExpected } from "../errors.ts";
import type { AnswerForm } from "../policy/answer-form.ts";
import type { Caller } from "../policy/caller.ts";
import { type Narrowing, NO_NARROWING } from "../policy/narrowing.ts";
import { decide, type Decision, type Limits, type OperatorLimits } from "../policy/policy.ts";
import { createToolContexts, type ToolContextsDeps } from "./contexts.ts";
import type { ToolContext } from "./define-tool.ts";
import { toFailureText, type ToolFailure } from "../failure.ts";
import type { LoadedTool } from "./load-tools.ts";
import { runTool, type ToolCallRecord, type ToolOutcome } from "./run-tool.ts";
import { within } from "./within.ts";
import { quote } from "../text/quote.ts";

/** How long a list waits for the user's permissions; clients time out if it takes too long. */
const PERMISSIONS_TIMEOUT_MS = 3_000;

/** @typeParam Who the entry's caller, with what `connect` needs to log in as the user. */
export interface ToolRunnerDeps<Who extends Caller> extends ToolContextsDeps<Who> {
  /** The tools of all toolsets, in the order in which they are listed. */
  tools: readonly LoadedTool[];
  operator: OperatorLimits;
  /** Audit hook: called for every call of a known tool, including refused ones. Must not throw. */
  onCall: (record: ToolCallRecord & { caller: Who }) => void;
  /** Called with the error if a list could not be filtered by Taiga permissions. Must not throw. */
  onUnfilteredList: (record: { caller: Who; error: unknown }) => void;
}

/**
 * Runs tools for every protocol. All entries call tools through this interface, so policy,
 * confirmations, idempotency and audit apply to all of them.
 */
export interface ToolRunner<Who extends Caller> {
  /** All tools, including those that no caller may use. */
  tools: readonly LoadedTool[];
  /** @param narrowing limits that this request asks for. */
  for(caller: Who, narrowing?: Narrowing): CallerTools;
}

/** The tools for one caller. */
export interface CallerTools {
  /**
   * The tools that are useful to the caller. Taiga is asked for the user's permissions only if they
   * can change the list; if it does not answer in time, no tool is hidden for lack of permissions.
   */
  list(): Promise<LoadedTool[]>;
  /** The policy decision that `run` would apply, for protocols with their own form of refusal. */
  decide(name: string): Decision;
  /**
   * Runs a tool. Never throws: every failure is an outcome.
   * @param args the arguments as the client sent them.
   */
  run(name: string, args: unknown, options?: RunOptions): Promise<ToolOutcome>;
}

/** By default, a call cannot be aborted, reports no progress and answers with text alone. */
export type RunOptions = Partial<
  Pick<ToolContext, "signal" | "reportProgress"> & { answers: AnswerForm }
>;

/** Creates the runner of a process, without sending any request. */
export function createToolRunner<Who extends Caller>(deps: ToolRunnerDeps<Who>): ToolRunner<Who> {
  const contexts = createToolContexts(deps);
  const byName = new Map(deps.tools.map(({ definition }) => [definition.name, definition]));

  /** `undefined` if Taiga does not answer in time; the list then depends on access levels only. */
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
          const {
            signal = new AbortController().signal,
            reportProgress = reportNothing,
            answers = "text",
          } = options;
          const { requestId } = caller;
          const tool = byName.get(name);
          if (tool === undefined) {
            const failure = toUnknownTool(name);
            return { text: toFailureText(failure), failure };
          }
          return runTool(
            { tool, limits, args, requestId, answers },
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
    message: `There is no tool ${quote(name)}.`,
    severity: "info",
  }) satisfies ToolFailure;

const reportNothing = async (): Promise<void> => undefined;

const listable = (tools: readonly LoadedTool[], limits: Limits): LoadedTool[] =>
  tools.filter(({ definition }) => decide(limits, definition).list);
