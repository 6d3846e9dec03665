import { TOOLSETS, type Toolset } from "./toolsets.ts";

/** The limits in the address that a client uses. They only reduce what operator and user allow. */
export interface Narrowing {
  /** `undefined` for all toolsets that the operator offers. */
  toolsets: readonly Toolset[] | undefined;
  /** Only tools that change nothing. */
  readOnly: boolean;
}

/** No limits besides those of operator and user. */
export const NO_NARROWING: Narrowing = { toolsets: undefined, readOnly: false };

/** The query of an address is invalid; `message` names the valid values. */
export class NarrowingError extends Error {
  override readonly name = "NarrowingError";
}

const READ_ONLY_WORDS = new Map([
  ["", true],
  ["true", true],
  ["1", true],
  ["false", false],
  ["0", false],
]);

/**
 * Reads `?toolsets=core,boards` and `?readonly=true` of an MCP address. Other parameters are
 * ignored.
 *
 * @throws {NarrowingError} for an unknown toolset (naming the known ones), an invalid value of
 *   `readonly`, or a repeated parameter.
 */
export function parseNarrowing(query: URLSearchParams): Narrowing {
  const toolsets = single(query, "toolsets");
  const readOnly = single(query, "readonly");
  return {
    toolsets: toolsets === undefined ? undefined : toToolsets(toolsets),
    readOnly: readOnly === undefined ? false : toFlag(readOnly),
  };
}

/**
 * Returns the query of an MCP address unchanged if it consists of valid narrowing parameters only.
 * Protected-resource metadata repeats it, because clients compare `resource` with the address they
 * were given (RFC 9728 section 3.3).
 *
 * @param query with or without the question mark.
 * @returns the query with the question mark; empty if there are no parameters, or if any of them
 *   is unknown or invalid.
 */
export function toNarrowingQuery(query: string): string {
  const text = query.replace(/^\?/, "");
  const parameters = new URLSearchParams(text);
  const isNarrowing = [...parameters.keys()].every(
    (name) => name === "toolsets" || name === "readonly",
  );
  if (text === "" || !isNarrowing) return "";
  try {
    parseNarrowing(parameters);
    return `?${text}`;
  } catch {
    return "";
  }
}

function single(query: URLSearchParams, name: string): string | undefined {
  const [first, ...others] = query.getAll(name);
  if (others.length > 0) throw new NarrowingError(`${name}: must be given only once.`);
  return first;
}

function toToolsets(text: string): Toolset[] {
  const names = text
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  const known = names.filter((name): name is Toolset =>
    TOOLSETS.some((toolset) => toolset === name),
  );
  if (known.length < names.length || known.length === 0) {
    throw new NarrowingError(
      `toolsets: must be a comma-separated list of toolsets. Known toolsets: ${TOOLSETS.join(", ")}.`,
    );
  }
  return [...new Set(known)];
}

function toFlag(text: string): boolean {
  const flag = READ_ONLY_WORDS.get(text.toLowerCase());
  if (flag === undefined) {
    throw new NarrowingError("readonly: must be true or false.");
  }
  return flag;
}
