/**
 * Client programs that show their model the names of tools, and load a description only when it is
 * wanted: for them a tool costs a few tokens. The name is that of `clientInfo`; it begins the
 * `User-Agent`, too.
 */
const ON_DEMAND_CLIENTS: readonly string[] = ["claude-code"];

/** @see MCP 2026-07-28, "Per-request metadata" */
const CLIENT_INFO = "io.modelcontextprotocol/clientInfo";

/**
 * Whether a client loads the descriptions of tools when it needs them. Requests of the 2025 revisions
 * name their client in the `User-Agent` only.
 *
 * @param body the parsed message, or a batch of them.
 */
export function loadsOnDemand(userAgent: string, body: unknown): boolean {
  const [program = ""] = userAgent.split("/", 1);
  return ON_DEMAND_CLIENTS.includes(program.toLowerCase()) || namesOnDemandClient(body);
}

const namesOnDemandClient = (body: unknown): boolean =>
  (Array.isArray(body) ? body : [body]).some(
    (message: { params?: { _meta?: Record<string, { name?: unknown } | null> } } | null) =>
      ON_DEMAND_CLIENTS.includes(String(message?.params?._meta?.[CLIENT_INFO]?.name)),
  );
