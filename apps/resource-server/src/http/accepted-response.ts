import type { Request as ExpressRequest } from "express";

/** The media types of an MCP response that a client accepts. */
export interface Accepted {
  json: boolean;
  stream: boolean;
}

/** Reads `Accept`; without the header a client accepts everything (RFC 9110 section 12.5.1). */
export const readAccepted = (req: ExpressRequest): Accepted => ({
  json: req.accepts(["application/json", "application/json; charset=utf-8"]) !== false,
  stream: req.accepts(["text/event-stream", "text/event-stream; charset=utf-8"]) !== false,
});

/**
 * Converts a response of the SDK to a media type that the client accepts. A response of one message is
 * JSON where the client accepts that. Notifications before it need an event stream; a client that
 * accepts only JSON does not get them. A call that outlasts the SDK's first keep-alive becomes a stream.
 */
export async function toAcceptedResponse(
  response: Response,
  { json, stream }: Accepted,
  isBatch: boolean,
): Promise<Response> {
  const isStream = response.headers.get("content-type")?.startsWith("text/event-stream") ?? false;
  if (!isStream) {
    return json || response.status !== 200 ? response : toEventStream(await response.text());
  }
  if (!json || response.body === null || (stream && isBatch)) return response;
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  const chunks: Uint8Array[] = [];
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value);
    text += decoder.decode(value, { stream: true });
    const isComplete = text.includes("\n\n");
    if (stream && isComplete && toAnswers(text).length === 0) {
      return new Response(replay(chunks, reader), response);
    }
  }
  const answers = toAnswers(text);
  // The client is gone.
  if (answers.length === 0) return new Response(null, { status: 499 });
  const body = isBatch ? `[${answers.join(",")}]` : answers[0];
  return new Response(body, { headers: { "content-type": "application/json" } });
}

/** The JSON of each JSON-RPC response in an event stream, without notifications. */
const toAnswers = (text: string): string[] =>
  text
    .split("\n")
    .filter((line) => line.startsWith("data: {"))
    .map((line) => line.slice("data: ".length))
    .filter((data) => !("method" in (JSON.parse(data) as object)));

const toEventStream = (json: string): Response =>
  new Response(`event: message\ndata: ${json}\n\n`, {
    headers: { "content-type": "text/event-stream", "cache-control": "no-cache, no-transform" },
  });

/** A stream of the chunks that were read, and then of the rest. */
const replay = (
  chunks: readonly Uint8Array[],
  reader: ReadableStreamDefaultReader<Uint8Array>,
): ReadableStream<Uint8Array> =>
  new ReadableStream({
    start: (controller) => {
      for (const chunk of chunks) controller.enqueue(chunk);
    },
    pull: async (controller) => {
      const { done, value } = await reader.read();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  });
