import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import type { Express } from "express";

/** A request without a network. */
export interface SandboxRequest {
  method: string;
  /** With the query, such as `/api/v1/projects?member=6`. */
  path: string;
  headers?: Record<string, string>;
  /** JSON, or a form, as stated by `content-type`. */
  body?: string | Uint8Array | undefined;
  /** Stops waiting; the sandbox still finishes the request. */
  signal?: AbortSignal | undefined;
}

export interface SandboxResponse {
  status: number;
  /** Names are in lower case. */
  headers: Record<string, string | string[]>;
  text: string;
}

/**
 * Sends a request to an Express app in the same process: the app sees Node's own request and
 * response objects, on a socket that is never connected.
 *
 * @throws {Error} with the code `ECONNRESET` when the app cuts the connection, and the signal's
 *   reason when it aborts first.
 */
export function dispatch(app: Express, request: SandboxRequest): Promise<SandboxResponse> {
  const { signal } = request;
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    signal?.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
    const socket = new Socket();
    socket.once("close", () =>
      reject(Object.assign(new Error("socket hang up"), { code: "ECONNRESET" })),
    );
    const req = toIncoming(socket, request);
    const res = new ServerResponse(req);
    const chunks: Buffer[] = [];
    const write = (chunk: unknown, encoding?: unknown): boolean => {
      if (typeof chunk === "string") chunks.push(Buffer.from(chunk, encoding as BufferEncoding));
      else if (chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk));
      return true;
    };
    const end = (chunk?: unknown, encoding?: unknown): ServerResponse => {
      write(chunk, encoding);
      if (!res.headersSent) res.writeHead(res.statusCode);
      const text = Buffer.concat(chunks).toString("utf8");
      // Express sets all of them as text.
      const headers = { ...res.getHeaders() } as SandboxResponse["headers"];
      resolve({ status: res.statusCode, headers, text });
      res.emit("close");
      return res;
    };
    // Own properties, because Express replaces the prototype.
    Object.assign(res, { write, end });
    app(req, res);
  });
}

function toIncoming(
  socket: Socket,
  { method, path, headers = {}, body }: SandboxRequest,
): IncomingMessage {
  const req = new IncomingMessage(socket);
  req.method = method;
  req.url = path;
  req.headers = { host: "localhost" };
  for (const [name, value] of Object.entries(headers)) req.headers[name.toLowerCase()] = value;
  if (body !== undefined) {
    req.headers["content-length"] = String(Buffer.byteLength(body));
    req.push(body);
  }
  req.push(null);
  req.complete = true;
  return req;
}
