import { ANSWER_FORMS, type AnswerForm } from "./answer-form.ts";
import type { Narrowing } from "./narrowing.ts";
import { TOOLSETS, type Toolset } from "./toolsets.ts";

/** What the query of an MCP address asks for. */
export interface AddressOptions {
  narrowing: Narrowing;
  /** `undefined` for the form that the operator has chosen. */
  answers: AnswerForm | undefined;
}

/** The query of an address is invalid; `message` names the valid values. */
export class AddressError extends Error {
  override readonly name = "AddressError";
}

const READ_ONLY_WORDS = new Map([
  ["", true],
  ["true", true],
  ["1", true],
  ["false", false],
  ["0", false],
]);

/**
 * Reads `?toolsets=core,boards`, `?readonly=true` and `?answers=structured` of an MCP address. Other
 * parameters are ignored.
 *
 * @throws {AddressError} for an unknown toolset (naming the known ones), an invalid value of
 *   another parameter, or a repeated parameter.
 */
export function parseAddress(query: URLSearchParams): AddressOptions {
  const toolsets = single(query, "toolsets");
  const readOnly = single(query, "readonly");
  const answers = single(query, "answers");
  return {
    narrowing: {
      toolsets: toolsets === undefined ? undefined : toToolsets(toolsets),
      readOnly: readOnly === undefined ? false : toFlag(readOnly),
    },
    answers: answers === undefined ? undefined : toAnswerForm(answers),
  };
}

const PARAMETERS: readonly string[] = ["toolsets", "readonly", "answers"];

/**
 * Returns the query of an MCP address unchanged if it consists of valid parameters only.
 * Protected-resource metadata repeats it, because clients compare `resource` with the address they
 * were given (RFC 9728 section 3.3).
 *
 * @param query with or without the question mark.
 * @returns the query with the question mark; empty if there are no parameters, or if any of them
 *   is unknown or invalid.
 */
export function toAddressQuery(query: string): string {
  const text = query.replace(/^\?/, "");
  const parameters = new URLSearchParams(text);
  if (text === "" || [...parameters.keys()].some((name) => !PARAMETERS.includes(name))) return "";
  try {
    parseAddress(parameters);
    return `?${text}`;
  } catch {
    return "";
  }
}

function single(query: URLSearchParams, name: string): string | undefined {
  const [first, ...others] = query.getAll(name);
  if (others.length > 0) throw new AddressError(`${name}: must be given only once.`);
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
    throw new AddressError(
      `toolsets: must be a comma-separated list of toolsets. Known toolsets: ${TOOLSETS.join(", ")}.`,
    );
  }
  return [...new Set(known)];
}

function toFlag(text: string): boolean {
  const flag = READ_ONLY_WORDS.get(text.toLowerCase());
  if (flag === undefined) {
    throw new AddressError("readonly: must be true or false.");
  }
  return flag;
}

function toAnswerForm(text: string): AnswerForm {
  const form = ANSWER_FORMS.find((known) => known === text.toLowerCase());
  if (form === undefined) {
    throw new AddressError(`answers: must be ${ANSWER_FORMS.join(" or ")}.`);
  }
  return form;
}
