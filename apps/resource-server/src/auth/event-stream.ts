import { EventSourceParserStream } from "eventsource-parser/stream";

/** One event of an event stream. */
export interface StreamEvent {
  /** The `event` field; `message` if there is none. */
  name: string;
  data: string;
}

/** Characters of one event, far more than the authorization server ever sends. */
const MAX_EVENT_LENGTH = 64 * 1024;

/**
 * Reads an event stream. An event that is cut off before its blank line is dropped.
 *
 * @param onActivity is called whenever anything arrives, including comments.
 * @throws {Error} when an event is longer than `MAX_EVENT_LENGTH`.
 * @see WHATWG HTML, "Server-sent events", section "Interpreting an event stream"
 */
export async function* readEvents(
  body: ReadableStream<Uint8Array>,
  onActivity: () => void,
): AsyncGenerator<StreamEvent, void, undefined> {
  const events = body
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(createTap(onActivity))
    .pipeThrough(new EventSourceParserStream({ maxBufferSize: MAX_EVENT_LENGTH }));
  for await (const { event = "message", data } of events) yield { name: event, data };
}

const createTap = (onChunk: () => void): TransformStream<string, string> =>
  new TransformStream({
    transform: (chunk, controller) => {
      onChunk();
      controller.enqueue(chunk);
    },
  });
