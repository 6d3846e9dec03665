const MAX_BYTES = 2048;

/** RFC 8252 §7.3 and §8.3. */
const LOOPBACK_HOSTS = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** Schemes that run code or read data instead of opening an app. */
const DENIED_SCHEMES = new Set([
  "about",
  "blob",
  "chrome",
  "content",
  "data",
  "file",
  "filesystem",
  "ftp",
  "intent",
  "javascript",
  "jar",
  "mailto",
  "resource",
  "sms",
  "tel",
  "vbscript",
  "view-source",
  "ws",
  "wss",
]);

/**
 * Schemes without the dot that RFC 8252 §7.1 requires, of programs that are known to receive OAuth
 * responses through them. Any program can claim such a scheme, so one is listed only with a source; an
 * operator can allow more (`ALLOWED_REDIRECT_SCHEMES`).
 */
const KNOWN_SCHEMES = new Set([
  // claude://claude.ai/mcp-auth-callback/sdk: https://github.com/anthropics/claude-code/issues/93671
  "claude",
  // cursor://anysphere.cursor-mcp/oauth/callback: https://cursor.com/docs/mcp and
  // https://github.com/makeplane/plane-mcp-server/issues/159
  "cursor",
  // raycast://oauth?package_name=Extension: https://developers.raycast.com/api-reference/oauth
  "raycast",
  // Extensions of VS Code receive such links: https://code.visualstudio.com/api/references/vscode-api#UriHandler
  "vscode",
  "vscode-insiders",
  // `urlProtocol` in https://github.com/VSCodium/vscodium, prepare_vscode.sh
  "vscodium",
  "vscodium-insiders",
  // warp://mcp/oauth2callback: https://github.com/warpdotdev/warp/issues/9088
  "warp",
]);

/**
 * Checks a redirect URI that a client wants to register.
 *
 * Allowed are https on any host, http on this machine only (any port), and private-use schemes
 * (RFC 8252 §7.1) with a dot, of a well-known client, or allowed by the operator. The URI must have no
 * fragment and no user information, and its host must be in canonical form.
 *
 * @param allowedSchemes what the operator allows in addition, in lower case.
 * @returns the fault; `undefined` when the URI may be registered.
 */
export function findRedirectUriFault(
  uri: string,
  allowedSchemes: readonly string[] = [],
): string | undefined {
  if (Buffer.byteLength(uri) > MAX_BYTES) return `is longer than ${MAX_BYTES} bytes`;
  // URL parsers drop or replace other characters, so two parsers could disagree about the target.
  if (!/^[\x21-\x7e]+$/.test(uri) || uri.includes("\\")) {
    return "may contain printable ASCII characters only, no spaces or backslashes";
  }
  const url = URL.parse(uri);
  if (url === null) return "is not an absolute URI";
  if (uri.includes("#")) return "must not have a fragment";
  if (url.username !== "" || url.password !== "") return "must not contain a user name or password";
  return findSchemeFault(url, allowedSchemes) ?? findSpellingFault(uri, url);
}

/** Whether a scheme has fixed rules here, so that an operator cannot allow it for every app. */
export const isReservedScheme = (scheme: string): boolean =>
  scheme === "http" || scheme === "https" || DENIED_SCHEMES.has(scheme);

function findSchemeFault(url: URL, allowedSchemes: readonly string[]): string | undefined {
  const scheme = url.protocol.slice(0, -1);
  if (scheme === "https") {
    return LOOPBACK_HOSTS.has(url.hostname)
      ? "must use http on this machine, not https"
      : undefined;
  }
  if (scheme === "http") {
    return LOOPBACK_HOSTS.has(url.hostname)
      ? undefined
      : "must be https; http is for localhost, 127.0.0.1 and [::1] only";
  }
  if (DENIED_SCHEMES.has(scheme)) return `must not use the scheme ${scheme}`;
  if (scheme.includes(".") || KNOWN_SCHEMES.has(scheme) || allowedSchemes.includes(scheme)) {
    return undefined;
  }
  return `uses the scheme ${scheme}, which no app owns: use one with a dot, such as com.example.app, or let the operator add it to ALLOWED_REDIRECT_SCHEMES`;
}

/**
 * Browsers normalise `https:a.example`, `http://127.1` and `http://:@localhost`, each in its own way.
 * The host that the consent page shows and the host that the browser opens must be the same.
 */
function findSpellingFault(uri: string, { protocol, hostname }: URL): string | undefined {
  if (protocol !== "https:" && protocol !== "http:") return undefined;
  const [, authority = ""] = /^https?:\/\/([^/?]*)/i.exec(uri) ?? [];
  return authority.toLowerCase().replace(/:\d*$/, "") === hostname
    ? undefined
    : `must have its host in canonical form, as ${protocol}//${hostname}`;
}
