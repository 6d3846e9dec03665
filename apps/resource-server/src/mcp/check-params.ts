import { PROTOCOL_VERSION_META_KEY, specTypeSchemas } from "@modelcontextprotocol/server";

/**
 * Removes `null` from the params of JSON-RPC messages, because many clients send it for a field that
 * they leave out. Tool arguments keep it: a tool may give it a meaning.
 *
 * @param body a parsed JSON-RPC body of bounded depth; not changed.
 */
export function withoutNullParams(body: unknown): unknown {
  return Array.isArray(body) ? body.map(withoutNulls) : withoutNulls(body);
}

function withoutNulls(message: unknown): unknown {
  if (!isObject(message) || !("params" in message)) return message;
  const { params, ...rest } = message;
  return params === null ? rest : { ...rest, params: withoutNullMembers(params) };
}

function withoutNullMembers(value: unknown): unknown {
  if (!isObject(value)) return value;
  const members = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(
    members.map(([name, member]) => [
      name,
      name === "arguments" ? member : withoutNullMembers(member),
    ]),
  );
}

export interface InvalidParams {
  /** Of the request; `null` for a notification or a batch. */
  id: string | number | null;
  /** One sentence that names the field. */
  message: string;
}

/**
 * Finds the first message whose params are not as MCP defines them. The SDK would answer it with an
 * internal error, or with the output of its validator.
 */
export function findInvalidParams(body: unknown): InvalidParams | undefined {
  if (!Array.isArray(body)) {
    const message = describeInvalidParams(body);
    return message === undefined ? undefined : { id: idOf(body), message };
  }
  const problems = body.map(describeInvalidParams);
  const index = problems.findIndex((problem) => problem !== undefined);
  if (index === -1) return undefined;
  return { id: null, message: `Message ${index + 1} of the batch: ${problems[index]}` };
}

function describeInvalidParams(message: unknown): string | undefined {
  if (!isObject(message) || typeof message["method"] !== "string") return undefined;
  for (const type of toSchemaNames(message, message["method"])) {
    const { issues = [] } = specTypeSchemas[type]["~standard"].validate(message);
    // The SDK answers a message that is not JSON-RPC at all.
    const issue = issues.find(({ path }) => path?.[0] === "params");
    if (issue !== undefined) return toSentence(issue);
  }
  return undefined;
}

/** The general schema comes first. Methods that are not here have no fields that this server reads. */
function toSchemaNames(message: Record<string, unknown>, method: string) {
  if (!("id" in message)) return ["JSONRPCNotification"] as const;
  if (method === "tools/list") return ["JSONRPCRequest", "ListToolsRequest"] as const;
  if (method === "tools/call") return ["JSONRPCRequest", "CallToolRequest"] as const;
  // The 2026-07-28 revision, whose requests name it in `_meta`, has no `initialize`.
  if (method === "initialize" && !namesRevision(message["params"])) {
    return ["JSONRPCRequest", "InitializeRequest"] as const;
  }
  return ["JSONRPCRequest"] as const;
}

const namesRevision = (params: unknown): boolean =>
  isObject(params) && isObject(params["_meta"]) && PROTOCOL_VERSION_META_KEY in params["_meta"];

/** What JSON calls the types of the SDK's validator. */
const TYPES: Record<string, string> = {
  array: "a list",
  boolean: "true or false",
  number: "a number",
  object: "an object",
  record: "an object",
  string: "a string",
};

interface Issue {
  path?: readonly (PropertyKey | { key: PropertyKey })[] | undefined;
  expected?: unknown;
}

function toSentence({ path = [], expected }: Issue): string {
  const field = path.map((part) => String(typeof part === "object" ? part.key : part)).join(".");
  if (field === "params._meta.progressToken") return `${field} must be a string or a number.`;
  const type = typeof expected === "string" ? TYPES[expected] : undefined;
  return type === undefined ? `${field} is not valid.` : `${field} must be ${type}.`;
}

function idOf(message: unknown): string | number | null {
  const id = isObject(message) ? message["id"] : undefined;
  return typeof id === "string" || typeof id === "number" ? id : null;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
