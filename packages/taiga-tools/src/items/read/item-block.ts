import { toItemLine, toMinute } from "../item-line.ts";
import { type ItemDetails } from "./details.ts";
import { type ItemSummary } from "../summary.ts";

/** An item with its details, as data. */
export type ItemBlock = ItemSummary & { version: string } & Omit<
    ItemDetails,
    "customFieldsVersion"
  >;

/** Formats an item with its details as text: one line, then one paragraph for each detail. */
export function toBlockText(block: ItemBlock): string {
  const { points_by_role, custom_fields, followers, attachments, children } = block;
  const pairs = (map: Record<string, string>) =>
    Object.entries(map).map(([key, value]) => `${key} = ${value}`);
  return [
    toItemLine(block),
    ...oneLine("points", points_by_role && pairs(points_by_role)),
    ...oneLine("custom fields", custom_fields && pairs(custom_fields)),
    ...oneLine(
      "followers",
      followers?.map((username) => `@${username}`),
    ),
    ...part(
      block.kind === "epic" ? "stories" : "tasks",
      children && [
        ...children.map(toItemLine),
        ...(block.children_left_out === undefined ? [] : [`and ${block.children_left_out} more`]),
        ...(block.children_incomplete
          ? ["there may be more; find_items with this epic lists them"]
          : []),
      ],
    ),
    ...part(
      "attachments",
      attachments?.map((file) =>
        [`${file.name} (${file.bytes} bytes)`, file.description, file.url]
          .filter((each) => each !== undefined)
          .join(" | "),
      ),
    ),
    ...part(
      block.kind === "wiki" ? "content" : "description",
      block.description === undefined ? undefined : [block.description],
    ),
    ...part(
      "comments",
      block.comments?.map(
        ({ by, at, text, edited }) => `[${toMinute(at)} @${by}${edited ? ", edited" : ""}] ${text}`,
      ),
    ),
    ...part(
      "history",
      block.history?.map(({ by, at, changes }) => `[${toMinute(at)} @${by}] ${changes.join("; ")}`),
    ),
  ].join("\n");
}

const oneLine = (title: string, list: readonly string[] | undefined): string[] =>
  list === undefined ? [] : [`${title}: ${list.join(", ") || "none"}`];

const part = (title: string, lines: readonly string[] | undefined): string[] =>
  lines === undefined
    ? []
    : lines.length === 0 || lines.join("") === ""
      ? [`${title}: none`]
      : [`${title}:`, ...lines];
