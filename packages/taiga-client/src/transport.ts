import type { LookupAddress } from "node:dns";
import { Readable } from "node:stream";
import { callbackify } from "node:util";
import { type Dispatcher, interceptors } from "undici";
import type { IncomingHttpHeaders } from "undici/types/header.js";
import { createConnections } from "./connections.ts";
import type { ConnectionOptions } from "./connections.ts";
import { TaigaError } from "./errors.ts";
import { createLimiter } from "./limiter.ts";
import type { StreamedBody } from "./multipart.ts";
import { createNameLookup, type LookUp } from "./name-lookup.ts";
import { createRetryPolicy } from "./retry-policy.ts";
import { markSent, toSendError } from "./send-failure.ts";

/** How to reach one Taiga. */
export interface TaigaTransportOptions extends ConnectionOptions {
  /** Absolute URL that ends in `/api/v1`, without a trailing slash. */
  apiUrl: string;
  /** Time limit for Taiga's headers and between two parts of its body; default 10 s. */
  timeoutMs?: number;
  /** Maximum number of concurrent requests; further ones queue in order of arrival. */
  maxParallel?: number;
  /** How many times a GET is retried when Taiga is overloaded or unreachable; default 2. */
  retries?: number;
  /** For tests: looks host names up. */
  lookUp?: LookUp | undefined;
}

/** One request, relative to the API. Only a GET is ever retried. */
export interface TaigaHttpRequest {
  method: "GET" | "POST" | "PATCH" | "DELETE";
  /** Starts with `/`, relative to `apiUrl`. */
  path: string;
  /** Encoded, without the question mark; empty for none. */
  query: string;
  headers: Record<string, string>;
  /** JSON text, or a form that is sent piece by piece. */
  body: string | StreamedBody | undefined;
  signal: AbortSignal | undefined;
}

/** An answer of any status. */
export interface TaigaHttpResponse {
  status: number;
  /** Names are in lower case. */
  headers: IncomingHttpHeaders;
  text: string;
}

/** All requests to Taiga go through this; one per process and Taiga. */
export interface TaigaTransport {
  /** @throws {TaigaError} `unavailable`, `aborted` or `unexpected_response` without an answer. */
  send(request: TaigaHttpRequest): Promise<TaigaHttpResponse>;
  /** Waits for pending requests, then closes the connections. */
  close(): Promise<void>;
}

const LOOKUP_TIMEOUT_MS = 2_000;

/** How long an address is used without another look-up. */
const ADDRESS_TTL_MS = 10_000;

const MAX_RESPONSE_BYTES = 32 * 1024 * 1024;

/**
 * Opens a connection pool to one Taiga. Nothing is sent yet.
 * @throws {TypeError} when `apiUrl` is not an absolute URL that ends in `/api/v1`.
 */
export function createTaigaTransport(options: TaigaTransportOptions): TaigaTransport {
  const { timeoutMs = 10_000, maxParallel = 16, retries = 2 } = options;
  const { origin, pathname } = new URL(options.apiUrl);
  if (!pathname.endsWith("/api/v1")) throw new TypeError("apiUrl must end in /api/v1");

  const pool = createConnections(options);
  // Outermost last. A proxy resolves names itself, because only it may be able to.
  const http = pool.compose(
    markSent,
    ...(options.proxy === undefined ? [createDnsInterceptor(options.lookUp)] : []),
    interceptors.retry({ throwOnError: false, retry: createRetryPolicy(retries) }),
  );
  const limiter = createLimiter({ maxParallel, maxWaitMs: 3 * timeoutMs });

  return {
    async send({ method, path, query, headers, body, signal }) {
      const exchange = async (): Promise<TaigaHttpResponse> => {
        const response = await http.request({
          origin,
          path: `${pathname}${path}${query === "" ? "" : `?${query}`}`,
          method,
          headers,
          body: typeof body === "object" ? Readable.from(body.open()) : (body ?? null),
          signal: signal ?? null,
          headersTimeout: timeoutMs,
          bodyTimeout: timeoutMs,
        });
        const text = await readText(response.body);
        return { status: response.statusCode, headers: response.headers, text };
      };
      try {
        return await limiter.run(exchange, signal);
      } catch (error) {
        throw toSendError(error, { isWrite: method !== "GET", aborted: signal?.aborted ?? false });
      }
    },
    close: () => pool.close(),
  };
}

/** Without a time limit, a call would hang as long as a silent name server lets it. */
function createDnsInterceptor(lookUp: LookUp | undefined): Dispatcher.DispatcherComposeInterceptor {
  const resolve = callbackify(createNameLookup({ timeoutMs: LOOKUP_TIMEOUT_MS, lookUp }));
  return interceptors.dns({
    lookup: ({ hostname }, _options, callback) => {
      const toRecords = (addresses: readonly LookupAddress[]) =>
        addresses.map(({ address, family }) => ({
          address,
          family: family === 6 ? (6 as const) : (4 as const),
          ttl: ADDRESS_TTL_MS,
        }));
      resolve(hostname, (error, addresses) => callback(error, toRecords(addresses ?? [])));
    },
  });
}

/** Limited, so that one broken or hostile answer cannot exhaust the memory. */
async function readText(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > MAX_RESPONSE_BYTES) {
      throw new TaigaError("unexpected_response", "Taiga's answer is larger than 32 MB");
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
