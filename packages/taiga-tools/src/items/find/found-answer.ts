import { countFitting, MAX_ANSWER_BYTES } from "../../text/cap.ts";
import { fence } from "../../text/fence.ts";
import { toItemLine } from "../item-line.ts";
import { type Position } from "../../schema/cursor.ts";
import { type Found, type Listing } from "./listing.ts";
import { toOrder } from "./order.ts";
import { type ItemField, type ItemSummary, type SummaryContext, toSummary } from "../summary.ts";

export interface FoundAnswer {
  text: string;
  data: { items: ItemSummary[]; total?: number; cursor?: string };
}

/** Formats as many of the found items as fit; the cursor continues with the rest. */
export function toFoundAnswer(
  { found, next, total, gaveUpAfter }: Listing,
  options: {
    fields: readonly ItemField[];
    projects: SummaryContext["projects"];
    qualified: boolean;
    me: { id: number; username: string };
    taigaWebUrl: string;
    today: string;
    order: string;
    toCursor(position: Position): string;
  },
): FoundAnswer {
  const items = found.map(({ row, source }) =>
    toSummary(row, options.fields, { ...options, project: source.project }),
  );
  const lines = items.map(toItemLine);
  // Show at least one: otherwise the next answer would start at the same position.
  const fitting = Math.max(1, countFitting(lines, MAX_ANSWER_BYTES));
  const isCut = fitting < items.length;
  const last = found[fitting - 1];
  const position = isCut && last !== undefined ? toPosition(last, options.order) : next;
  const shown = items.slice(0, fitting);
  const cursor = position === undefined ? undefined : options.toCursor(position);
  return {
    text: toText(lines.slice(0, fitting), {
      total,
      cursor,
      examined: isCut ? undefined : gaveUpAfter,
    }),
    data: {
      items: shown,
      ...(total !== undefined && { total }),
      ...(cursor !== undefined && { cursor }),
    },
  };
}

const toPosition = ({ row, source }: Found, order: string): Position => ({
  source: source.id,
  after: { value: toOrder(order).valueOf(row, source.project), id: row.id },
});

function toText(
  lines: readonly string[],
  {
    total,
    cursor,
    examined,
  }: { total: number | undefined; cursor: string | undefined; examined: number | undefined },
): string {
  const more = cursor === undefined ? "" : ` ${toNextStep(cursor, examined)}`;
  if (lines.length === 0) {
    return cursor === undefined ? "Nothing matches." : `Nothing found so far.${more}`;
  }
  const of = total !== undefined && total > lines.length ? ` of ${total}` : "";
  return `${lines.length}${of} found.${more}\n${fence(lines.join("\n"))}`;
}

const toNextStep = (cursor: string, examined: number | undefined): string =>
  examined === undefined
    ? `There are more: repeat the call with cursor ${cursor}`
    : `The search stopped after it had examined ${examined} items, because Taiga cannot filter by all of these criteria. Narrow it (status, sprint, assigned_to, dates …), or repeat the call with cursor ${cursor} to go on.`;
