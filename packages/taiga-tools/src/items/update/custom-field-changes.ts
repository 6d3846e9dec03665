import { type CustomAttributeValues } from "@taiga-mcp/taiga-client";
import { isSameValue, toValueText } from "../custom-fields.ts";
import { type ResolvedChanges } from "../changes/resolve-changes.ts";

/** The changes of an item's custom fields, and the complete map to send to Taiga. */
export interface CustomFieldsChange {
  before: string;
  after: string;
  /** Names of the fields. */
  parts: string[];
  /** The changed values, by the field's id. */
  wanted: Record<string, unknown>;
  /** Includes the current values, because Taiga replaces the whole map. */
  merged: CustomAttributeValues;
}

/** @returns `undefined` if nothing changes. */
export function toCustomFieldsChange(
  wanted: ResolvedChanges["customFields"],
  current: CustomAttributeValues,
): CustomFieldsChange | undefined {
  const changed = (wanted ?? []).filter(
    ({ field, value }) => !isSameValue(current.attributes_values[field.id], value),
  );
  if (changed.length === 0) return undefined;
  const format = (value: unknown) => toValueText(value) || "–";
  const values = Object.fromEntries(changed.map(({ field, value }) => [field.id, value]));
  return {
    before: changed
      .map(({ field }) => `${field.name} = ${format(current.attributes_values[field.id])}`)
      .join(", "),
    after: changed.map(({ field, value }) => `${field.name} = ${format(value)}`).join(", "),
    parts: changed.map(({ field }) => field.name),
    wanted: values,
    merged: {
      attributes_values: { ...current.attributes_values, ...values },
      version: current.version,
    },
  };
}
