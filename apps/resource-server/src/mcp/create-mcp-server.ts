import {
  McpServer,
  type McpServerFactory,
  type ScopeChallengeHandler,
  type ServerContext,
  type Tool,
} from "@modelcontextprotocol/server";
import { CodedError, type Logger } from "@taiga-mcp/service";
import { TaigaError } from "@taiga-mcp/taiga-client";
import { decide, type Limits, type OperatorLimits, type PolicedTool } from "@taiga-mcp/taiga-tools";
import { type Caller, toCaller } from "./caller.ts";
import type { ToolContext } from "@taiga-mcp/taiga-tools";
import { INSTRUCTIONS } from "./instructions.ts";
import type { LoadedTool } from "@taiga-mcp/taiga-tools";
import { runTool } from "@taiga-mcp/taiga-tools";
import type { ToolContexts } from "./tool-contexts.ts";
import { within } from "@taiga-mcp/taiga-tools";

/** A list that depends on Taiga's answer is worth waiting for, but a client gives up after a while. */
const PERMISSIONS_TIMEOUT_MS = 3_000;

const MINUTE_MS = 60_000;

export interface McpServerDeps {
  /** Of all toolsets, in the order of the list. */
  tools: readonly LoadedTool[];
  operator: OperatorLimits;
  contexts: ToolContexts;
  /** Of this program, for the client's about box. */
  version: string;
  logger: Logger;
}

/**
 * Makes the MCP server of one request. It knows every tool, so that a call that is not allowed
 * gets a reason; it lists those that the caller can use.
 */
export function createMcpServerFactory(deps: McpServerDeps): McpServerFactory {
  return (requestContext) => {
    const caller = toCaller(requestContext);
    const limits: Limits = {
      operator: deps.operator,
      grant: caller.grant,
      request: caller.narrowing,
    };
    const server = new McpServer(
      { name: "taiga-mcp", title: "Taiga", version: deps.version },
      {
        capabilities: { tools: { listChanged: false } },
        instructions: INSTRUCTIONS,
        cacheHints: {
          // What a user may do changes, and is nobody else's business.
          "tools/list": { ttlMs: MINUTE_MS, cacheScope: "private" },
          "server/discover": { ttlMs: 60 * MINUTE_MS, cacheScope: "public" },
        },
      },
    );
    for (const tool of deps.tools) register(server, tool, { deps, caller, limits });
    server.server.setRequestHandler("tools/list", async () => ({
      tools: await listTools(deps, caller, limits),
    }));
    return server;
  };
}

function register(
  server: McpServer,
  tool: LoadedTool,
  { deps, caller, limits }: { deps: McpServerDeps; caller: Caller; limits: Limits },
): void {
  const { definition, inputSchema, outputSchema } = tool;
  server.registerTool(
    definition.name,
    { inputSchema, outputSchema, scopeChallenge: challengeFor(limits, definition) },
    (args, ctx) =>
      runTool(
        { tool: definition, limits, args, requestId: caller.requestId },
        () => deps.contexts.forCall(caller, toCallContext(ctx)),
        deps.logger,
      ),
  );
}

/**
 * HTTP 403 with the scopes that are missing, for clients that then ask their user. A courtesy: the
 * lock is in `runTool`. Only where asking helps; otherwise the tool answers with the reason.
 * @see MCP authorization, "Scope Challenge Handling"
 */
const challengeFor =
  (limits: Limits, tool: PolicedTool): ScopeChallengeHandler =>
  () => {
    const { run } = decide(limits, tool);
    const [scope, ...others] = run === "allowed" ? [] : (run.refused.scopes ?? []);
    if (scope === undefined) return undefined;
    return {
      scopes: [scope, ...others],
      errorDescription: `${tool.name} needs the access level ${tool.access}`,
    };
  };

async function listTools(deps: McpServerDeps, caller: Caller, limits: Limits): Promise<Tool[]> {
  const byAccess = shown(deps.tools, limits);
  // Taiga is asked only when its answer can change the list.
  if (byAccess.every(({ definition }) => definition.taigaPermissions === undefined)) {
    return byAccess.map(({ listing }) => listing);
  }
  const taigaPermissions = await permissionsOf(deps, caller);
  return shown(deps.tools, { ...limits, taigaPermissions }).map(({ listing }) => listing);
}

const shown = (tools: readonly LoadedTool[], limits: Limits): LoadedTool[] =>
  tools.filter(({ definition }) => decide(limits, definition).list);

/** `undefined` when Taiga does not say in time: the list then goes by access level alone. */
async function permissionsOf(
  { contexts, logger }: McpServerDeps,
  caller: Caller,
): Promise<ReadonlySet<string> | undefined> {
  try {
    return await within(PERMISSIONS_TIMEOUT_MS, contexts.projects(caller).myPermissions());
  } catch (error) {
    if (!(error instanceof TaigaError) && !(error instanceof CodedError)) throw error;
    const { requestId } = caller;
    logger.warn({ requestId, err: error }, "tools are listed without Taiga's permissions");
    return undefined;
  }
}

function toCallContext(ctx: ServerContext): Pick<ToolContext, "signal" | "reportProgress"> {
  const { signal, _meta: meta, notify } = ctx.mcpReq;
  const progressToken = meta?.progressToken;
  return {
    signal,
    reportProgress: async (done, total, message) => {
      if (progressToken === undefined || signal.aborted) return;
      const params = { progressToken, progress: done, total, message };
      // A client that has just gone away must not make a half-done write fail.
      await notify({ method: "notifications/progress", params }).catch(() => {});
    },
  };
}
