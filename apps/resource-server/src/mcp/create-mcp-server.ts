import {
  type CallToolResult,
  ProtocolError,
  ProtocolErrorCode,
  Server,
  type ServerContext,
} from "@modelcontextprotocol/server";
import type { RunOptions, ToolRunner } from "@taiga-mcp/taiga-tools";
import type { CallLimits } from "../limits/call-limits.ts";
import type { Exchange, McpCaller } from "./exchange.ts";
import { INSTRUCTIONS } from "./instructions.ts";
import { type McpTool, toCallToolResult, toMcpTool } from "./mcp-tool.ts";

const MINUTE_MS = 60_000;

export interface McpServerDeps {
  runner: Pick<ToolRunner<McpCaller>, "tools">;
  callLimits: CallLimits;
  /** Called for each call that the limits refuse. */
  onRefused: (call: { tool: string; caller: McpCaller }) => void;
  /** Of this program; clients may show it. */
  version: string;
}

/** Creates the MCP server of one HTTP request. */
export type McpServerFactory = (exchange: Exchange) => Server;

/**
 * The server handles `tools/call` for every tool, so that a forbidden call is answered with a reason, but
 * lists only those that the caller can use. It does not register the tools with the SDK, which would
 * cost each request something for each tool.
 */
export function createMcpServerFactory(deps: McpServerDeps): McpServerFactory {
  const tools = new Map(deps.runner.tools.map((tool) => [tool.listing.name, toMcpTool(tool)]));
  return (exchange) => {
    const server = new Server(
      { name: "taiga-mcp", title: "Taiga", version: deps.version },
      {
        capabilities: { tools: { listChanged: false } },
        instructions: INSTRUCTIONS,
        cacheHints: {
          // Depends on the user, and their permissions may change.
          "tools/list": { ttlMs: MINUTE_MS, cacheScope: "private" },
          "server/discover": { ttlMs: 60 * MINUTE_MS, cacheScope: "public" },
        },
      },
    );
    server.setRequestHandler("tools/list", async () => ({
      tools: (await exchange.tools.list()).flatMap(
        ({ listing }) => tools.get(listing.name)?.listings[exchange.answers] ?? [],
      ),
    }));
    server.setRequestHandler("tools/call", ({ params }, ctx) => {
      const tool = tools.get(params.name);
      if (tool === undefined) throw toUnknownTool(params.name, exchange);
      return callTool({ tool, args: params.arguments ?? {}, ctx }, exchange, deps);
    });
    return server;
  };
}

/** @see MCP tools, "Error Handling": an unknown tool is a protocol error. */
function toUnknownTool(name: string, { tools }: Exchange): ProtocolError {
  const { run } = tools.decide(name);
  const reason = run === "allowed" ? "Unknown tool." : run.refused.reason;
  return new ProtocolError(ProtocolErrorCode.InvalidParams, reason);
}

/** Runs a tool within the limits of the grant. */
async function callTool(
  { tool, args, ctx }: { tool: McpTool; args: unknown; ctx: ServerContext },
  exchange: Exchange,
  { callLimits, onRefused }: McpServerDeps,
): Promise<CallToolResult> {
  const { caller, tools, answers } = exchange;
  const { name, callClass } = tool;
  const { signal } = ctx.mcpReq;
  const result = await callLimits.run({ grantId: caller.grantId, callClass, signal }, () =>
    tools.run(name, args, { ...toRunOptions(ctx), answers }),
  );
  if (!("outcome" in result)) return toCallToolResult(result);
  onRefused({ tool: name, caller });
  exchange.retryAfterSeconds = Math.max(result.retryAfterSeconds, exchange.retryAfterSeconds ?? 0);
  return toCallToolResult(result.outcome);
}

function toRunOptions(ctx: ServerContext): Pick<RunOptions, "signal" | "reportProgress"> {
  const { signal, _meta: meta, notify } = ctx.mcpReq;
  const progressToken = meta?.progressToken;
  return {
    signal,
    reportProgress: async (done, total, message) => {
      if (progressToken === undefined || signal.aborted) return;
      const params = { progressToken, progress: done, total, message };
      // A client that disconnects must not make a half-done write fail.
      await notify({ method: "notifications/progress", params }).catch(() => {});
    },
  };
}
