import { badCursor, type Position } from "../../schema/cursor.ts";
import { mapConcurrent } from "../../schema/map-concurrent.ts";
import { type ItemOrder } from "./order.ts";
import { type Row, type RowLists } from "../rows.ts";
import { type Source } from "./source.ts";
import { createRowStream, type Entry, type Place, type RowStream } from "./row-stream.ts";

export interface Found {
  row: Row;
  source: Source;
}

export interface Listing {
  found: Found[];
  /** Where the next call continues; omitted at the end. */
  next?: Position | undefined;
  /** The number of all matches, if it is known. */
  total?: number | undefined;
  /** How many items were examined, if the search stopped before it had found enough. */
  gaveUpAfter?: number | undefined;
}

export interface ListingOptions {
  order: ItemOrder;
  limit: number;
  start?: Position | undefined;
}

/** Requests for pages beyond the first one of each list. */
const MAX_FURTHER_REQUESTS = 40;
/** Items that one call examines with a request each. */
const MAX_CONFIRMED = 200;
const MIN_CONFIRMED = 8;

interface Merged {
  source: Source;
  stream: RowStream;
}

/**
 * Lists several of Taiga's lists as one, in one order: by value, then by list, then by id. An order
 * that holds within one list only (`rank`) shows one list after another.
 */
export async function listItems(
  lists: RowLists,
  sources: readonly Source[],
  { order, limit, start }: ListingOptions,
): Promise<Listing> {
  const budget = { requests: sources.length + MAX_FURTHER_REQUESTS };
  const confirming = sources.filter(({ confirms }) => confirms !== undefined).length;
  const maxConfirmed = Math.max(MIN_CONFIRMED, Math.floor(MAX_CONFIRMED / (confirming || 1)));
  const first = order.isOfOneList ? firstSource(sources, start) : 0;
  const ordered = order.isOfOneList
    ? sources.slice(first)
    : sources.toSorted((a, b) => compareIds(a.id, b.id));
  const wanted = order.isOfOneList ? limit : toShare(limit, sources.length);
  const merged = ordered.map((source): Merged => {
    const after = toPlace(source.id, start, order.isOfOneList);
    const options = { order, after, wanted, budget, maxConfirmed };
    return { source, stream: createRowStream(lists, source, options) };
  });
  // One after another, the first ones are usually enough.
  if (!order.isOfOneList) await mapConcurrent(merged, ({ stream }) => stream.peek());

  const found: Found[] = [];
  let last: Position | undefined;
  while (found.length < limit) {
    const head = await findHead(merged, order);
    if (head === undefined) return { found, total: sumTotals(merged, start) };
    const { source, stream, entry } = head;
    last = { source: source.id, after: entry.place };
    if (entry.row === undefined) {
      const gaveUpAfter = merged.reduce((sum, one) => sum + one.stream.examined(), 0);
      return { found, next: last, gaveUpAfter };
    }
    found.push({ row: entry.row, source });
    stream.advance();
  }
  const hasMore = merged.some(({ stream }) => stream.mayContinue());
  return { found, next: hasMore ? last : undefined, total: sumTotals(merged, start) };
}

/** The lists whose rows come next; of several with the same value, the first one. */
async function findHead(
  merged: readonly Merged[],
  order: ItemOrder,
): Promise<(Merged & { entry: Entry }) | undefined> {
  let head: (Merged & { entry: Entry }) | undefined;
  for (const one of merged) {
    const entry = await one.stream.peek();
    if (entry === undefined) continue;
    if (order.isOfOneList) return { ...one, entry };
    const isFirst =
      head === undefined || order.compare(entry.place.value, head.entry.place.value) < 0;
    if (isFirst) head = { ...one, entry };
  }
  return head;
}

/** Of one of many lists, an answer shows few rows; a list that has more is asked again. */
const toShare = (limit: number, lists: number): number =>
  lists <= 3 ? limit : Math.max(10, Math.ceil((3 * limit) / lists));

const compareIds = (one: string, other: string): number =>
  one === other ? 0 : one < other ? -1 : 1;

/** The place in one list that a position in all of them means. */
function toPlace(id: string, start: Position | undefined, isOfOneList: boolean): Place | undefined {
  if (start?.after === undefined) return undefined;
  if (id === start.source) return start.after;
  if (isOfOneList) return undefined;
  const isEarlier = compareIds(id, start.source) < 0;
  return { value: start.after.value, id: isEarlier ? Number.MAX_SAFE_INTEGER : -1 };
}

/** The list in which the last call stopped, of lists that follow one another. */
function firstSource(sources: readonly Source[], start: Position | undefined): number {
  if (start === undefined) return 0;
  const index = sources.findIndex(({ id }) => id === start.source);
  if (index === -1) throw badCursor("points to a project that you can no longer reach");
  return index;
}

/** On the first page, the number of all matches, if it is known of every list. */
function sumTotals(merged: readonly Merged[], start: Position | undefined): number | undefined {
  if (start !== undefined) return undefined;
  const totals = merged.map(({ stream }) => stream.total());
  return totals.every((total) => total !== undefined)
    ? totals.reduce((sum, total) => sum + total, 0)
    : undefined;
}
