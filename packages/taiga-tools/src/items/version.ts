import { ToolError } from "../errors.ts";
import { quote } from "../text/quote.ts";
import { encodeSeen, type SeenFields } from "./seen-fields.ts";
import { type ItemRow } from "./taiga-items.ts";

/**
 * The version of an item that a caller saw. Taiga counts the changes of an item and of its custom
 * fields separately; both are written `7-3`, the first alone `7`.
 *
 * The counts are not enough: a card that is dragged changes without a new version, and a new order
 * or a new follower is a new version without a change. So the fields that were seen follow as
 * hashes, `7-3.k3Zq1B`. A version without them is accepted, too; then the counts decide.
 */
export interface BaseVersion {
  item: number;
  customFields?: number;
  /** See `encodeSeen`. */
  seen?: string;
}

/** The version of an item or wiki page without the fields that were seen. */
export const toVersionText = ({ item, customFields }: BaseVersion): string =>
  customFields === undefined ? String(item) : `${item}-${customFields}`;

/**
 * The version of an item that was shown to the caller.
 * @param kept fields that the caller has seen with another value than the row's.
 */
export const toSeenVersion = (
  row: ItemRow & { description?: string },
  custom: Pick<BaseVersion, "customFields"> = {},
  kept?: SeenFields,
): string => `${toVersionText({ item: row.version, ...custom })}.${encodeSeen(row, kept)}`;

/** @throws {ToolError} `invalid_argument` */
export function parseVersion(text: string, field: string): BaseVersion {
  const match =
    /^v?(?<item>\d{1,9})(?:-(?<customFields>\d{1,9}))?(?:\.(?<seen>[-\w]{1,80}))?$/.exec(
      text.trim(),
    );
  const { item, customFields, seen } = match?.groups ?? {};
  if (item === undefined) {
    throw new ToolError(
      "invalid_argument",
      `${field}: ${quote(text)} is not a version; use the one that get_items shows.`,
    );
  }
  return {
    item: Number(item),
    ...(customFields !== undefined && { customFields: Number(customFields) }),
    ...(seen !== undefined && { seen }),
  };
}
