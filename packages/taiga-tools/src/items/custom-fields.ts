import { isSameName } from "../schema/names.ts";
import { toCleanText } from "../text/clean.ts";

/** A custom field's value as text; empty if the field has no value. */
export function toValueText(value: unknown): string {
  if (value === null || value === undefined) return "";
  return toCleanText(typeof value === "string" ? value : JSON.stringify(value));
}

/** Whether two values look the same to a person: Taiga may store numbers and flags as text. */
export const isSameValue = (one: unknown, other: unknown): boolean =>
  isSameName(toValueText(one), toValueText(other));
