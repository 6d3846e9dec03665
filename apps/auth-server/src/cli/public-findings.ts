import { z } from "zod";
import type { Fetch } from "./admin-client.ts";
import { toErrorCode } from "../operations/error-code.ts";
import type { Finding } from "./finding.ts";
import type { Installation } from "../operations/installation.ts";
import { toUnreachedFinding } from "./unreached-finding.ts";

const TIMEOUT_MS = 5_000;

const WELL_KNOWN = "/.well-known/oauth-protected-resource";

export interface PublicFindingsDeps {
  fetch: Fetch;
  /** Whether this program runs in a container, where localhost is the container. */
  inContainer: boolean;
}

/** The response of a public address, or why there was none. */
type Reached = { status: number; headers: Headers; json: unknown } | { errorCode: string };

/** Sends the requests that a client sends before its login, to the public addresses. */
export async function findPublicAddresses(
  { issuer, resource }: Pick<Installation, "issuer" | "resource">,
  deps: PublicFindingsDeps,
): Promise<Finding[]> {
  const metadataUrl = toResourceMetadataUrl(resource);
  const steps: Step[] = [
    {
      about: "Public: issuer",
      url: `${issuer}/.well-known/oauth-authorization-server`,
      method: "GET",
      expectedStatus: 200,
      findFault: (answer) => findMetadataFault(answer.json, issuer),
      okText: `${issuer} has matching metadata and supports PKCE`,
    },
    {
      about: "Public: MCP endpoint",
      url: resource,
      method: "POST",
      expectedStatus: 401,
      findFault: (answer) => findChallengeFault(answer, metadataUrl),
      okText: `${resource} requires a login and names its metadata`,
    },
    {
      about: "Public: MCP metadata",
      url: metadataUrl,
      method: "GET",
      expectedStatus: 200,
      findFault: (answer) => findResourceMetadataFault(answer.json, { issuer, resource }),
      okText: `${resource} names ${issuer} as its authorization server`,
    },
  ];
  return await Promise.all(steps.map((step) => check(step, deps)));
}

/** One request of a client, and the expected response. */
interface Step {
  about: string;
  url: string;
  method: "GET" | "POST";
  /** The expected HTTP status. */
  expectedStatus: number;
  findFault: FindFault;
  /** Text of the finding when there is no fault. */
  okText: string;
}

async function check(
  step: Step,
  { fetch: fetchFrom, inContainer }: PublicFindingsDeps,
): Promise<Finding> {
  const { about, url, expectedStatus, findFault, okText } = step;
  const reached = await reach(step, fetchFrom);
  if ("errorCode" in reached) return toUnreachedFinding({ ...step, ...reached, inContainer });
  const fault =
    reached.status === expectedStatus ? findFault(reached) : toStatusFault(reached, expectedStatus);
  if (fault === undefined) return { mark: "ok", about, text: okText };
  return { mark: "fail", about, ...fault, text: `${url} ${fault.text}` };
}

/** @see RFC 9728 section 3.1 */
function toResourceMetadataUrl(resource: string): string {
  const { origin, pathname } = new URL(resource);
  return `${origin}${WELL_KNOWN}${pathname}`;
}

async function reach({ url, method }: Step, fetchFrom: Fetch): Promise<Reached> {
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const response = await fetchFrom(url, { method, redirect: "manual", signal });
    const text = await response.text();
    return { status: response.status, headers: response.headers, json: parseJson(text) };
  } catch (error) {
    const isLate = error instanceof Error && error.name === "TimeoutError";
    return { errorCode: isLate ? "timeout" : (toErrorCode(error) ?? "no connection") };
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What is wrong with a response, and how to fix it. */
type Fault = Pick<Finding, "text" | "advice">;
type FindFault = (answer: { headers: Headers; json: unknown }) => Fault | undefined;

const ROUTING =
  "The reverse proxy must route /mcp and /.well-known/oauth-protected-resource, and all paths below them, to the resource server, and everything else to the authorization server (docs/deployment.md).";

function toStatusFault(
  { status, headers }: Extract<Reached, { status: number }>,
  expectedStatus: number,
): Fault {
  if (status >= 300 && status < 400) {
    return {
      text: `redirects to ${headers.get("location") ?? "elsewhere"}, which clients do not follow`,
      advice:
        "Set PUBLIC_URL (or ISSUER and MCP_URL) to the address that responds without a redirect.",
    };
  }
  if (status === 403 || status === 421) {
    return {
      text: `rejects this host name (HTTP ${status})`,
      advice: "Configure this host name in the reverse proxy, and make it pass on the Host header.",
    };
  }
  if (status >= 502 && status <= 504) {
    return {
      text: `is answered by a proxy that cannot reach the service behind it (HTTP ${status})`,
      advice: "Check that the service runs, and its address in the configuration of the proxy.",
    };
  }
  return { text: `answers HTTP ${status} instead of ${expectedStatus}`, advice: ROUTING };
}

const Metadata = z.object({
  issuer: z.string(),
  authorization_endpoint: z.string(),
  token_endpoint: z.string(),
  code_challenge_methods_supported: z.array(z.string()),
});

/** @see RFC 8414 sections 2 and 3.3 */
function findMetadataFault(json: unknown, issuer: string): Fault | undefined {
  const { data } = Metadata.safeParse(json);
  if (data === undefined)
    return { text: "does not return the metadata of this server", advice: ROUTING };
  if (data.issuer !== issuer) {
    return {
      text: `names ${data.issuer} as its issuer, not ${issuer}; clients compare them character by character`,
      advice:
        "Another installation answers at this address, or ISSUER (PUBLIC_URL) was changed without a restart.",
    };
  }
  if (!data.code_challenge_methods_supported.includes("S256")) {
    return {
      text: "does not support PKCE with S256",
      advice: "A proxy modifies responses; make it pass them on unchanged.",
    };
  }
  const foreign = [data.authorization_endpoint, data.token_endpoint].find(
    (endpoint) => !endpoint.startsWith(`${issuer}/`),
  );
  if (foreign === undefined) return undefined;
  return {
    text: `names ${foreign}, an endpoint of another server`,
    advice: "A proxy modifies responses; make it pass them on unchanged.",
  };
}

/** @see RFC 9728 section 5.1 */
function findChallengeFault(
  { headers }: { headers: Headers },
  metadataUrl: string,
): Fault | undefined {
  const challenge = headers.get("www-authenticate") ?? "";
  const named = /\bresource_metadata="([^"]*)"/.exec(challenge)?.[1];
  if (named === metadataUrl) return undefined;
  if (named === undefined) {
    return {
      text: "requires a login, but does not name its metadata (no resource_metadata in WWW-Authenticate)",
      advice:
        "A proxy in front of the resource server requires a login of its own. Make it pass all requests on.",
    };
  }
  return {
    text: `names ${named} as its metadata, not ${metadataUrl}`,
    advice: "Give both services the same MCP_URL (or PUBLIC_URL).",
  };
}

const ResourceMetadata = z.object({
  resource: z.string(),
  authorization_servers: z.array(z.string()),
});

/** @see RFC 9728 sections 2 and 3.3 */
function findResourceMetadataFault(
  json: unknown,
  { issuer, resource }: Pick<Installation, "issuer" | "resource">,
): Fault | undefined {
  const { data } = ResourceMetadata.safeParse(json);
  if (data === undefined)
    return { text: "does not return the metadata of the MCP endpoint", advice: ROUTING };
  if (data.resource !== resource) {
    return {
      text: `describes ${data.resource}, not ${resource}; clients compare them character by character`,
      advice: "Give both services the same MCP_URL (or PUBLIC_URL).",
    };
  }
  if (data.authorization_servers.includes(issuer)) return undefined;
  return {
    text: `names ${data.authorization_servers.join(", ")} as authorization server, not ${issuer}`,
    advice: "Give both services the same ISSUER (or PUBLIC_URL).",
  };
}
