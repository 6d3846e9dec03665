/**
 * Returns the canonical spelling of the MCP endpoint, so that `/mcp`, `/mcp/` and `/mcp?readonly`
 * mean the same resource everywhere.
 *
 * @param requested `resource` parameter as the client sent it.
 * @param ours the MCP endpoint: an absolute URL with a path and without a trailing slash.
 * @returns `undefined` when `requested` names another resource; the caller answers
 *   `invalid_target`.
 * @see RFC 8707 §2; MCP authorization, "Canonical Server URI"
 */
export function canonicalResource(requested: string, ours: string): string | undefined {
  const url = URL.parse(requested);
  if (url === null || requested.includes("#") || url.username !== "" || url.password !== "") {
    return undefined;
  }
  const { origin, pathname } = new URL(ours);
  const path = url.pathname.replace(/(?<=.)\/$/, "");
  return url.origin === origin && path === pathname ? ours : undefined;
}
