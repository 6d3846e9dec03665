/** One event of an event stream. */
export interface StreamEvent {
  /** What the `event` field said; `message` without one. */
  name: string;
  data: string;
}

/** Far beyond any event of ours; more without an end of line is no event stream. */
const MAX_LINE_LENGTH = 64 * 1024;

/** A CR at the end of what has come may be one half of a CRLF. */
const LINE_END = /\r\n|\n|\r(?!$)/;

/**
 * Reads an event stream. `id` and `retry` are for browsers that reconnect by themselves, so they
 * are passed over; so are comments. What an early end leaves without its blank line is no event.
 *
 * @param onActivity is called whenever anything arrives, comments included.
 * @throws {RangeError} when a line is longer than any event of ours could be.
 * @see WHATWG HTML, "Server-sent events", section "Interpreting an event stream"
 */
export async function* readEvents(
  body: ReadableStream<Uint8Array>,
  onActivity: () => void,
): AsyncGenerator<StreamEvent, void, undefined> {
  let rest = "";
  let name = "";
  let data: string[] = [];
  for await (const text of body.pipeThrough(new TextDecoderStream())) {
    onActivity();
    const lines = (rest + text).split(LINE_END);
    rest = lines.pop() ?? "";
    if (rest.length > MAX_LINE_LENGTH) throw new RangeError("The event stream has no lines.");
    for (const line of lines) {
      if (line === "") {
        if (data.length > 0) yield { name: name || "message", data: data.join("\n") };
        name = "";
        data = [];
        continue;
      }
      const { field, value } = toField(line);
      if (field === "event") name = value;
      if (field === "data") data.push(value);
    }
  }
}

/** A comment is a field without a name. */
function toField(line: string): { field: string; value: string } {
  const colon = line.indexOf(":");
  if (colon === -1) return { field: line, value: "" };
  return { field: line.slice(0, colon), value: line.slice(colon + 1).replace(/^ /, "") };
}
