import { isSameName } from "../schema/names.ts";
import { toCleanText } from "../text/clean.ts";

/** A custom field's value as text; empty when it has none. */
export function toValueText(value: unknown): string {
  if (value === null || value === undefined) return "";
  return toCleanText(typeof value === "string" ? value : JSON.stringify(value));
}

/** Whether two values are the same to a person: Taiga keeps numbers and flags also as text. */
export const isSameValue = (one: unknown, other: unknown): boolean =>
  isSameName(toValueText(one), toValueText(other));
