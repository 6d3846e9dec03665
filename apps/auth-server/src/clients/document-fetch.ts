import { isIP } from "node:net";
import { errors, request } from "undici";
import { ClientDocumentError } from "../engine/boundary/client-document-error.ts";
import { createPinnedAgent, ForbiddenAddressError, type PinnedAgentDeps } from "./pinned-agent.ts";

/** The draft suggests 5 kB; some clients list many redirects. */
const MAX_BYTES = 16 * 1024;

/** Limit for name resolution, connection and body together, because a login waits for it. */
const TIMEOUT_MS = 3_000;

/** The share of the name resolution, after which there is still time for the rest. */
export const LOOKUP_TIMEOUT_MS = 2_000;

const JSON_TYPE = /^application\/([\w.-]+\+)?json\s*(;|$)/i;

/** A fetched document. */
export interface FetchedDocument {
  text: string;
  /** The HTTP headers that say how long it may be cached. */
  cacheHeaders: Readonly<Record<string, string>>;
}

export type FetchDocument = (url: string) => Promise<FetchedDocument>;

export interface DocumentFetch {
  fetch: FetchDocument;
  close: () => Promise<void>;
}

export type DocumentFetchDeps = Pick<PinnedAgentDeps, "resolve" | "isForbidden" | "ca">;

/**
 * Fetches documents from untrusted addresses.
 *
 * `fetch` throws {@link ClientDocumentError}: `refused` for a forbidden address and for any response
 * other than 200 with JSON of at most 16 kB; `unreachable` when there is no response in three seconds,
 * or one with status 5xx or 429.
 *
 * @see MCP authorization, "Client ID Metadata Documents"; OWASP SSRF Prevention Cheat Sheet
 */
export function createDocumentFetch(deps: DocumentFetchDeps): DocumentFetch {
  const limits = { timeoutMs: TIMEOUT_MS, maxResponseBytes: MAX_BYTES };
  const agent = createPinnedAgent({ ...deps, ...limits });
  return {
    close: () => agent.destroy(),
    fetch: async (url) => {
      const { hostname } = new URL(url);
      const address = hostname.replace(/^\[|\]$/g, "");
      // undici does not resolve an IP address, so the check of the resolver would not see it.
      if (isIP(address) !== 0 && deps.isForbidden(address)) throw forbidden();
      try {
        const answer = await request(url, {
          dispatcher: agent,
          headers: { accept: "application/json" },
          signal: AbortSignal.timeout(TIMEOUT_MS),
        });
        const fault = findAnswerFault(answer.statusCode, answer.headers["content-type"]);
        if (fault !== undefined) {
          await answer.body.dump({ limit: MAX_BYTES });
          throw fault;
        }
        return { text: await answer.body.text(), cacheHeaders: toCacheHeaders(answer.headers) };
      } catch (error) {
        throw toDocumentError(error);
      }
    },
  };
}

const forbidden = (cause?: unknown): ClientDocumentError =>
  new ClientDocumentError("refused", "Its host is not on the public internet.", { cause });

function findAnswerFault(
  status: number,
  type: string | string[] | undefined,
): ClientDocumentError | undefined {
  if (status >= 500 || status === 429) {
    return new ClientDocumentError("unreachable", `Its host responds with status ${status}.`);
  }
  if (status >= 300 && status < 400) {
    return new ClientDocumentError("refused", "Its host redirects; redirects are not followed.");
  }
  if (status !== 200)
    return new ClientDocumentError("refused", `Its host responds with status ${status}.`);
  if (typeof type === "string" && JSON_TYPE.test(type)) return undefined;
  return new ClientDocumentError("refused", "Its content type is not JSON.");
}

function toCacheHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Record<string, string> {
  return Object.fromEntries(
    ["cache-control", "expires"].flatMap((name) => {
      const value = headers[name];
      return typeof value === "string" ? [[name, value] as const] : [];
    }),
  );
}

function toDocumentError(error: unknown): ClientDocumentError {
  if (error instanceof ClientDocumentError) return error;
  if (error instanceof ForbiddenAddressError) return forbidden(error);
  if (error instanceof errors.ResponseExceededMaxSizeError) {
    const message = `It is larger than ${MAX_BYTES} bytes.`;
    return new ClientDocumentError("refused", message, { cause: error });
  }
  return new ClientDocumentError("unreachable", "Its host does not answer.", { cause: error });
}
