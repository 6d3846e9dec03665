import type { Request as ExpressRequest, Response as ExpressResponse } from "express";

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
 * How long an answer may take before its event stream is opened. Claude Code ends a request whose
 * response headers do not come within 60 seconds; proxies are less patient.
 */
const OPEN_STREAM_AFTER_MS = 1_000;

/** How often an open stream without messages shows that it is alive. */
const KEEP_ALIVE_MS = 15_000;

export interface SendAnswerOptions {
  accepted: Accepted;
  /** Headers that depend on how the messages were handled; called before the response begins. */
  lateHeaders?: () => Record<string, string>;
}

/**
 * Sends a response of the SDK in a media type that the client accepts. A response of one message is JSON
 * where the client accepts that. Notifications before it need an event stream, and so does an answer that
 * takes long; a client that accepts only JSON waits for it, and gets no notifications.
 *
 * @param pending may stay pending when the client has disconnected.
 */
export async function sendAnswer(
  res: ExpressResponse,
  pending: Promise<Response>,
  options: SendAnswerOptions,
): Promise<void> {
  const { accepted, lateHeaders = () => ({}) } = options;
  const stream = createEventStream(res, lateHeaders);
  const timer = accepted.stream ? setTimeout(() => stream.open(), OPEN_STREAM_AFTER_MS) : undefined;
  res.on("close", () => clearTimeout(timer));
  try {
    const response = await pending;
    if (isStream(response)) return await relay(response, stream, { res, ...options });
    const text = await response.text();
    const mustStream = response.status === 200 && !accepted.json;
    if (stream.isOpen() || mustStream) return stream.end(text === "" ? "" : toEvent(text));
    clearTimeout(timer);
    res.status(response.status).set(lateHeaders());
    for (const [name, value] of response.headers) res.set(name, value);
    res.end(text);
  } finally {
    clearTimeout(timer);
  }
}

/** Passes an event stream of the SDK on, or its only message as JSON. */
async function relay(
  { body }: Response,
  stream: EventStream,
  { res, accepted, lateHeaders }: SendAnswerOptions & { res: ExpressResponse },
): Promise<void> {
  if (!accepted.json) stream.open();
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    const end = text.lastIndexOf("\n\n");
    if (end === -1 || !accepted.stream) continue;
    const events = text.slice(0, end + 2);
    // The answer itself may still become JSON if nothing was sent before it.
    if (!stream.isOpen() && toMessages(events).every(isAnswer)) continue;
    stream.write(events);
    text = text.slice(end + 2);
  }
  if (stream.isOpen()) return stream.end(text);
  const answers = toMessages(text).filter(isAnswer);
  // There are none if the client is gone.
  const json = answers.length > 1 ? `[${answers.join(",")}]` : answers[0];
  if (json === undefined) return void res.status(499).end();
  res.set(lateHeaders?.() ?? {}).set("Content-Type", "application/json");
  res.end(json);
}

interface EventStream {
  isOpen(): boolean;
  open(): void;
  /** Opens the stream if need be. */
  write(events: string): void;
  end(events: string): void;
}

function createEventStream(
  res: ExpressResponse,
  lateHeaders: () => Record<string, string>,
): EventStream {
  let keepAlive: NodeJS.Timeout | undefined;
  const open = (): void => {
    if (res.headersSent || res.destroyed) return;
    res.status(200).set(lateHeaders());
    res.set({
      "Content-Type": "text/event-stream",
      "Cache-Control": "no-cache, no-transform",
      // nginx would hold the events back.
      "X-Accel-Buffering": "no",
    });
    res.flushHeaders();
    keepAlive = setInterval(() => res.write(": keepalive\n\n"), KEEP_ALIVE_MS);
    res.on("close", () => clearInterval(keepAlive));
  };
  return {
    isOpen: () => keepAlive !== undefined,
    open,
    write: (events) => {
      open();
      if (events !== "") res.write(events);
    },
    end: (events) => {
      open();
      clearInterval(keepAlive);
      res.end(events);
    },
  };
}

const isStream = ({ headers }: Response): boolean =>
  headers.get("content-type")?.startsWith("text/event-stream") ?? false;

const toEvent = (json: string): string => `event: message\ndata: ${json}\n\n`;

/** The JSON of each message in the text of an event stream. */
const toMessages = (events: string): string[] =>
  events
    .split("\n")
    .filter((line) => line.startsWith("data: {"))
    .map((line) => line.slice("data: ".length));

const isAnswer = (json: string): boolean => !("method" in (JSON.parse(json) as object));
