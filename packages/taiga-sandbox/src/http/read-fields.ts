import { invalidFields } from "../model/errors.ts";

/** A refused value; the text is Taiga's. */
class FieldError extends Error {
  override readonly name = "FieldError";
}

/** Turns a value of a request into a column's value, or throws a `FieldError`. */
export type Reader<Value> = (value: unknown) => Value;

export type Readers = Record<string, Reader<unknown>>;

/** The columns set by a request. */
export type Values<Spec extends Readers> = {
  [Name in keyof Spec]?: ReturnType<Spec[Name]>;
};

export type Body = Record<string, unknown>;

export const REQUIRED = "This field is required.";
const BLANK = "This field cannot be blank.";

/** Refuses a value with Taiga's text. */
export const refuse = (message: string): never => {
  throw new FieldError(message);
};

/** @throws {ApiError} 400 when the body is not an object. */
export function toBody(body: unknown): Body {
  if (body === undefined) return {};
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw invalidFields({ non_field_errors: ["Invalid data"] });
  }
  return body as Body;
}

/**
 * Reads the known fields of a request; unknown ones are ignored. All errors are reported at once.
 *
 * @param required fields that a creation must have; an edit may leave out any field.
 * @throws {ApiError} 400 with a list of messages under each refused field.
 */
export function readFields<Spec extends Readers>(
  body: Body,
  spec: Spec,
  { required, isEdit }: { required: readonly string[]; isEdit: boolean },
): Values<Spec> {
  const values: Record<string, unknown> = {};
  const errors: Record<string, string[]> = {};
  for (const [name, read] of Object.entries(spec)) {
    const value = body[name];
    const isEmpty = value === undefined || value === null || value === "";
    if (isEmpty && required.includes(name)) {
      if (!isEdit) errors[name] = [REQUIRED];
      else if (value !== undefined) errors[name] = [BLANK];
      continue;
    }
    if (value === undefined) continue;
    try {
      values[name] = read(value);
    } catch (error) {
      if (!(error instanceof FieldError)) throw error;
      errors[name] = [error.message];
    }
  }
  if (Object.keys(errors).length > 0) throw invalidFields(errors);
  return values as Values<Spec>;
}

/** A single value as text. Lists and objects, which are never single values, become JSON. */
export const toText = (value: unknown): string =>
  typeof value === "string" ? value : (JSON.stringify(value) ?? "");
