/**
 * Some clients send the `arguments` of a `tools/call` as JSON text instead of an object, which the SDK
 * rejects before the tool sees it. This parses such text, in single requests and in batches. Text that
 * is not a JSON object stays as it is.
 *
 * @param body a parsed JSON-RPC body; not changed.
 */
export function withArgumentObjects(body: unknown): unknown {
  return Array.isArray(body) ? body.map(withArgumentObject) : withArgumentObject(body);
}

function withArgumentObject(message: unknown): unknown {
  if (!isObject(message) || message["method"] !== "tools/call") return message;
  const { params } = message;
  if (!isObject(params) || typeof params["arguments"] !== "string") return message;
  const parsed = parseObject(params["arguments"]);
  return parsed === undefined ? message : { ...message, params: { ...params, arguments: parsed } };
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
