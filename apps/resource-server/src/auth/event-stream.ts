import { EventSourceParserStream } from "eventsource-parser/stream";

/** One event of an event stream. */
export interface StreamEvent {
  /** What the `event` field said; `message` without one. */
  name: string;
  data: string;
}

/** Characters without an event among them: far beyond any of ours, so it is no event stream. */
const MAX_EVENT_LENGTH = 64 * 1024;

/**
 * Reads an event stream. What an early end leaves without its blank line is no event.
 *
 * @param onActivity is called whenever anything arrives, comments included.
 * @throws {Error} when an event grows longer than any of ours could be.
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
