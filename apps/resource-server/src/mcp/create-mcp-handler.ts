import {
  createMcpHandler as createSdkHandler,
  isLegacyRequest,
  WebStandardStreamableHTTPServerTransport,
} from "@modelcontextprotocol/server";
import type { Exchange } from "./exchange.ts";
import type { McpServerFactory } from "./create-mcp-server.ts";

/** An HTTP request that the SDK has to answer. */
export interface McpRequest {
  request: Request;
  /** The parsed body. */
  body: unknown;
  exchange: Exchange;
}

/** Answers MCP requests of all protocol revisions. */
export interface McpHandler {
  /** @returns JSON, or an event stream if there are notifications before the result. */
  answer(request: McpRequest): Promise<Response>;
  /** Ends the requests that are open. */
  close(): Promise<void>;
}

/**
 * The SDK serves the revision 2026-07-28. For the 2025 revisions its handler answers each request with
 * an event stream; this one does so only if the client asked for progress notifications.
 */
export function createMcpHandler(
  factory: McpServerFactory,
  onerror: (error: Error) => void,
): McpHandler {
  /** The SDK passes requests to the factory unchanged. */
  const exchanges = new WeakMap<Request, Exchange>();
  const open = new Set<() => void>();
  const modern = createSdkHandler(
    ({ requestInfo }) => {
      const exchange = requestInfo && exchanges.get(requestInfo);
      if (exchange === undefined) throw new Error("The SDK passed another request to the factory.");
      return factory(exchange);
    },
    { legacy: "reject", onerror },
  );

  async function answerLegacy({ request, body, exchange }: McpRequest): Promise<Response> {
    const server = factory(exchange);
    const transport = new WebStandardStreamableHTTPServerTransport({
      enableJsonResponse: !asksForProgress(body),
    });
    const close = () => {
      open.delete(close);
      void server.close().catch(onerror);
    };
    open.add(close);
    request.signal.addEventListener("abort", close, { once: true });
    await server.connect(transport);
    const response = await transport.handleRequest(request, {
      authInfo: exchange.authInfo,
      parsedBody: body,
    });
    if (response.body === null || !isStream(response)) {
      close();
      return response;
    }
    const whole = response.body.pipeThrough(new TransformStream({ flush: close }));
    return new Response(whole, response);
  }

  return {
    answer: async (call) => {
      const { request, body, exchange } = call;
      if (await isLegacyRequest(request, body)) return answerLegacy(call);
      exchanges.set(request, exchange);
      return modern.fetch(request, { authInfo: exchange.authInfo, parsedBody: body });
    },
    close: async () => {
      for (const close of open) close();
      await modern.close();
    },
  };
}

const isStream = ({ headers }: Response): boolean =>
  headers.get("content-type")?.startsWith("text/event-stream") ?? false;

/** Whether some message of a body wants progress notifications. */
const asksForProgress = (body: unknown): boolean =>
  (Array.isArray(body) ? body : [body]).some(
    (message: { params?: { _meta?: { progressToken?: unknown } } } | null) =>
      message?.params?._meta?.progressToken !== undefined,
  );
