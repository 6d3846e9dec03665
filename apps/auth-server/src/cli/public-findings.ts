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
  /** Whether localhost is a container. */
  inContainer: boolean;
}

/** An answer of a public address, or why there was none. */
type Reached = { status: number; headers: Headers; json: unknown } | { errorCode: string };

/** Fetches what a client fetches before its login, from the addresses that clients use. */
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
      wanted: 200,
      judge: (answer) => judgeMetadata(answer.json, issuer),
      well: `${issuer} answers by this name, and offers PKCE`,
    },
    {
      about: "Public: MCP endpoint",
      url: resource,
      method: "POST",
      wanted: 401,
      judge: (answer) => judgeChallenge(answer, metadataUrl),
      well: `${resource} asks for a login and says where`,
    },
    {
      about: "Public: MCP metadata",
      url: metadataUrl,
      method: "GET",
      wanted: 200,
      judge: (answer) => judgeResourceMetadata(answer.json, { issuer, resource }),
      well: `leads from ${resource} to ${issuer}`,
    },
  ];
  return await Promise.all(steps.map((step) => check(step, deps)));
}

/** One request of a client, and what its answer must be. */
interface Step {
  about: string;
  url: string;
  method: "GET" | "POST";
  /** The status of a right answer. */
  wanted: number;
  judge: Judge;
  /** What to say when nothing is wrong. */
  well: string;
}

async function check(
  step: Step,
  { fetch: fetchFrom, inContainer }: PublicFindingsDeps,
): Promise<Finding> {
  const { about, url, wanted, judge, well } = step;
  const reached = await reach(step, fetchFrom);
  if ("errorCode" in reached) return toUnreachedFinding({ ...step, ...reached, inContainer });
  const fault = reached.status === wanted ? judge(reached) : judgeStatus(reached, wanted);
  if (fault === undefined) return { mark: "ok", about, text: well };
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

/** What is wrong with an answer, and what to change. */
type Fault = Pick<Finding, "text" | "advice">;
type Judge = (answer: { headers: Headers; json: unknown }) => Fault | undefined;

const ROUTING =
  "Let the reverse proxy send /mcp and /.well-known/oauth-protected-resource, with everything below, to the resource server and everything else to the authorization server (docs/deployment.md).";

function judgeStatus(
  { status, headers }: Extract<Reached, { status: number }>,
  wanted: number,
): Fault {
  if (status >= 300 && status < 400) {
    return {
      text: `redirects to ${headers.get("location") ?? "elsewhere"}, which clients do not follow`,
      advice: "Set PUBLIC_URL (or ISSUER and MCP_URL) to the address that answers by itself.",
    };
  }
  if (status === 403 || status === 421) {
    return {
      text: `does not go by this name (HTTP ${status})`,
      advice: "Let the reverse proxy know the name, and let it keep the Host header.",
    };
  }
  if (status >= 502 && status <= 504) {
    return {
      text: `is answered by a proxy that does not reach the service behind it (HTTP ${status})`,
      advice: "Check that the service runs, and the address of it in the proxy.",
    };
  }
  return { text: `answers HTTP ${status} instead of ${wanted}`, advice: ROUTING };
}

const Metadata = z.object({
  issuer: z.string(),
  authorization_endpoint: z.string(),
  token_endpoint: z.string(),
  code_challenge_methods_supported: z.array(z.string()),
});

/** @see RFC 8414 sections 2 and 3.3 */
function judgeMetadata(json: unknown, issuer: string): Fault | undefined {
  const { data } = Metadata.safeParse(json);
  if (data === undefined) return { text: "is not the metadata of this server", advice: ROUTING };
  if (data.issuer !== issuer) {
    return {
      text: `calls itself ${data.issuer}, not ${issuer}; clients compare every letter`,
      advice:
        "Another installation answers there, or ISSUER (PUBLIC_URL) was changed without a restart.",
    };
  }
  if (!data.code_challenge_methods_supported.includes("S256")) {
    return {
      text: "does not offer PKCE with S256",
      advice: "Something on the way changes answers.",
    };
  }
  const foreign = [data.authorization_endpoint, data.token_endpoint].find(
    (endpoint) => !endpoint.startsWith(`${issuer}/`),
  );
  if (foreign === undefined) return undefined;
  return { text: `leads to ${foreign}`, advice: "Something on the way changes answers." };
}

/** @see RFC 9728 section 5.1 */
function judgeChallenge({ headers }: { headers: Headers }, metadataUrl: string): Fault | undefined {
  const challenge = headers.get("www-authenticate") ?? "";
  const named = /\bresource_metadata="([^"]*)"/.exec(challenge)?.[1];
  if (named === metadataUrl) return undefined;
  if (named === undefined) {
    return {
      text: "asks for a login, but does not say where (no resource_metadata in WWW-Authenticate)",
      advice:
        "Something before the resource server asks for a login of its own. Let it pass all requests on.",
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
function judgeResourceMetadata(
  json: unknown,
  { issuer, resource }: Pick<Installation, "issuer" | "resource">,
): Fault | undefined {
  const { data } = ResourceMetadata.safeParse(json);
  if (data === undefined)
    return { text: "is not the metadata of the MCP endpoint", advice: ROUTING };
  if (data.resource !== resource) {
    return {
      text: `is of ${data.resource}, not of ${resource}; clients compare every letter`,
      advice: "Give both services the same MCP_URL (or PUBLIC_URL).",
    };
  }
  if (data.authorization_servers.includes(issuer)) return undefined;
  return {
    text: `names ${data.authorization_servers.join(", ")} as authorization server, not ${issuer}`,
    advice: "Give both services the same ISSUER (or PUBLIC_URL).",
  };
}
