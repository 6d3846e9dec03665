import { toScopes } from "@taiga-mcp/service";
import type { Refusal } from "@taiga-mcp/taiga-tools";
import type { Exchange } from "./exchange.ts";

/** The refusal of a call for which the user granted too little. */
export interface ScopeChallenge {
  /** The value of `WWW-Authenticate`. */
  header: string;
  /** What is missing and who can change it, for people and models: some clients show it as it is. */
  reason: string;
}

/**
 * Finds the first call that the user could allow by granting more, so that it is answered with HTTP 403
 * and clients can ask their user (step-up). The tool runner enforces access in any case. Where more
 * scopes do not help, the tool result has the reason.
 *
 * @param body a valid JSON-RPC body.
 * @see MCP authorization, "Scope Challenge Handling"
 */
export function findScopeChallenge(body: unknown, exchange: Exchange): ScopeChallenge | undefined {
  for (const message of Array.isArray(body) ? body : [body]) {
    const name = calledTool(message);
    if (name === undefined) continue;
    const { run } = exchange.tools.decide(name);
    if (run !== "allowed" && run.refused.needs !== undefined) {
      return toChallenge(name, run.refused, run.refused.needs, exchange);
    }
  }
  return undefined;
}

function toChallenge(
  name: string,
  { reason }: Refusal,
  needs: NonNullable<Refusal["needs"]>,
  { authInfo }: Exchange,
): ScopeChallenge {
  const parameters = {
    error: "insufficient_scope",
    error_description: `${name} needs the access level ${needs}`,
    scope: toScopes(needs).join(" "),
    ...(authInfo.resourceMetadataUrl !== undefined && {
      resource_metadata: authInfo.resourceMetadataUrl,
    }),
  };
  const text = Object.entries(parameters).map(([key, value]) => `${key}="${value}"`);
  return { header: `Bearer ${text.join(", ")}`, reason };
}

function calledTool(message: unknown): string | undefined {
  if (typeof message !== "object" || message === null) return undefined;
  const { id, method, params } = message as { id?: unknown; method?: unknown; params?: unknown };
  if (id === undefined || method !== "tools/call") return undefined;
  const name = (params as { name?: unknown } | undefined)?.name;
  return typeof name === "string" ? name : undefined;
}
