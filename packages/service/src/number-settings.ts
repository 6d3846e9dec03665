import { z } from "zod";

/** Which numbers a setting accepts. Each has both bounds, so that a slip of the keyboard is noticed. */
export interface Bounds {
  minimum: number;
  maximum: number;
  /** Why not more or less, for the operator who tries. */
  because?: string;
}

/** A setting that is a number of things. */
export const count = (bounds: Bounds) => wholeNumber("", bounds);

/** A setting that is a time in seconds. */
export const seconds = (bounds: Bounds) => wholeNumber(" of seconds", bounds);

/** A setting that is a time in milliseconds. */
export const milliseconds = (bounds: Bounds) => wholeNumber(" of milliseconds", bounds);

/** One sentence for all that can be wrong, because only the whole of it helps. */
function wholeNumber(unit: string, { minimum, maximum, because }: Bounds) {
  const range = `must be a whole number${unit} from ${minimum} to ${maximum}`;
  const error = because === undefined ? range : `${range}: ${because}`;
  // `abort`: the same sentence is not said twice.
  return z.coerce.number(error).int({ error, abort: true }).min(minimum, error).max(maximum, error);
}

/** The bounds of a setting that is a number, for the documentation. */
export function findBounds(field: unknown): Pick<Bounds, "minimum" | "maximum"> | undefined {
  if (field instanceof z.ZodNumber) {
    return { minimum: field.minValue ?? -Infinity, maximum: field.maxValue ?? Infinity };
  }
  const isWrapper =
    field instanceof z.ZodDefault ||
    field instanceof z.ZodOptional ||
    field instanceof z.ZodNullable;
  return isWrapper ? findBounds(field.def.innerType) : undefined;
}
