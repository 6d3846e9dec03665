import type { Request as ExpressRequest, Response as ExpressResponse } from "express";

/**
 * A request as the SDK reads it. The SDK's own conversion creates a `Request` with all its headers and
 * the body as text once more, which costs as much as a cheap tool call; of that it reads the members
 * here. Whether it reads others is seen by the tests that send a request over HTTP, in both eras.
 *
 * @returns an object whose signal is aborted when the client disconnects.
 */
export function toLightRequest(req: ExpressRequest, res: ExpressResponse): Request {
  const gone = new AbortController();
  res.on("close", () => {
    if (!res.writableFinished) gone.abort();
  });
  const headers = {
    get: (name: string): string | null => {
      const value = req.headers[name.toLowerCase()];
      return (Array.isArray(value) ? value.join(", ") : value) ?? null;
    },
  };
  return {
    method: req.method,
    url: `http://localhost${req.originalUrl}`,
    headers,
    signal: gone.signal,
  } as unknown as Request;
}
