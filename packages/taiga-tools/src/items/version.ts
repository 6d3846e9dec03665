import { ToolError } from "../errors.ts";
import { quote } from "../text/quote.ts";

/**
 * The version of an item that a caller saw. Taiga counts the changes of an item and of its custom
 * fields separately; both are written `7-3`, the first alone `7`.
 */
export interface BaseVersion {
  item: number;
  customFields?: number;
}

export const toVersionText = ({ item, customFields }: BaseVersion): string =>
  customFields === undefined ? String(item) : `${item}-${customFields}`;

/** @throws {ToolError} `invalid_argument` */
export function parseVersion(text: string, field: string): BaseVersion {
  const match = /^v?(?<item>\d{1,9})(?:-(?<customFields>\d{1,9}))?$/.exec(text.trim());
  const { item, customFields } = match?.groups ?? {};
  if (item === undefined) {
    throw new ToolError(
      "invalid_argument",
      `${field}: ${quote(text)} is not a version; use the one that get_items shows.`,
    );
  }
  return {
    item: Number(item),
    ...(customFields !== undefined && { customFields: Number(customFields) }),
  };
}
