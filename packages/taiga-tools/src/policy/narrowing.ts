import { TOOLSETS, type Toolset } from "./toolsets.ts";

/** What the address that a client was given asks for: never more than operator and user allow. */
export interface Narrowing {
  /** `undefined`: whatever the operator offers. */
  toolsets: readonly Toolset[] | undefined;
  /** Only tools that change nothing. */
  readOnly: boolean;
}

/** Asks for everything that operator and user allow. */
export const NO_NARROWING: Narrowing = { toolsets: undefined, readOnly: false };

/** An address asks for something unknown; `message` names what is known. */
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
 * @throws {NarrowingError} for an unknown toolset (naming the known ones), another value of
 *   `readonly`, or a parameter given twice.
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
 * The query of an MCP address as its owner wrote it, when it is made of narrowing parameters only.
 * Protected-resource metadata repeats it, because clients compare `resource` with the address they
 * were given (RFC 9728 section 3.3).
 *
 * @param query with or without the question mark.
 * @returns with the question mark; empty without parameters, or with any other or bad one.
 */
export function toNarrowingQuery(query: string): string {
  const text = query.replace(/^\?/, "");
  const parameters = new URLSearchParams(text);
  const isOurs = [...parameters.keys()].every((name) => name === "toolsets" || name === "readonly");
  if (text === "" || !isOurs) return "";
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
