/** The keys with which Taiga marks an error that is not about fields. */
const OWN_KEYS = ["_error_message", "_error_type", "error", "detail"];

/** Taiga nests messages two or three levels deep; deeper nesting is not from Taiga. */
const MAX_LEVELS = 10;

/** `{"subject":["…"]}`, `{"points":"…"}`, nested lists of them; `undefined` for other shapes. */
export function toFields(body: unknown): Record<string, string[]> | undefined {
  if (!isRecord(body) || OWN_KEYS.some((key) => key in body)) return undefined;
  const fields = new Map<string, string[]>();
  const collect = (path: string, value: unknown, levels: number): void => {
    if (levels === 0) return;
    if (typeof value === "string") {
      fields.set(path, [...(fields.get(path) ?? []), shorten(value)]);
    } else if (Array.isArray(value)) {
      value.forEach((part, index) =>
        collect(typeof part === "string" ? path : `${path}.${index}`, part, levels - 1),
      );
    } else if (isRecord(value)) {
      for (const [name, part] of Object.entries(value)) {
        collect(`${path}.${name}`, part, levels - 1);
      }
    }
  };
  for (const [name, value] of Object.entries(body)) collect(name, value, MAX_LEVELS);
  return fields.size === 0 ? undefined : Object.fromEntries(fields);
}

/** One sentence over all fields. */
export const describeFields = (fields: Record<string, string[]>): string =>
  shorten(
    Object.entries(fields)
      .map(([name, messages]) =>
        name === "__all__" || name === "non_field_errors"
          ? messages.join(" ")
          : `${name}: ${messages.join(" ")}`,
      )
      .join("; "),
    MAX_SENTENCE_LENGTH,
  );

/** Taiga's own words, where it gives any: `_error_message`, `error`, `detail` or bare text. */
export function toMessage(body: unknown): string | undefined {
  const said = isRecord(body) ? (body["_error_message"] ?? body["error"] ?? body["detail"]) : body;
  return typeof said === "string" && said.trim() !== "" ? shorten(said) : undefined;
}

const MAX_MESSAGE_LENGTH = 500;
const MAX_SENTENCE_LENGTH = 2_000;

/** One line; texts may repeat what a user typed, of any length. */
const shorten = (text: string, maxLength = MAX_MESSAGE_LENGTH): string =>
  text.replace(/\s+/g, " ").trim().slice(0, maxLength);

/** An object with fields: neither null nor a list. */
export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * Parses by content, not by `Content-Type`: Taiga labels its JSON 500 as HTML.
 * @returns `undefined` for anything that is not JSON, and for an empty body.
 */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's error quotes the text, which may hold a token.
    return undefined;
  }
}
