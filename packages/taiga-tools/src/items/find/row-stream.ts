import { ToolError } from "../../errors.ts";
import { type SortValue } from "../../schema/cursor.ts";
import { mapConcurrent } from "../../schema/map-concurrent.ts";
import { type Row, type RowLists } from "../rows.ts";
import { type ItemOrder } from "./order.ts";
import { type Source } from "./source.ts";

/** A place in the order of one list: after the row with this value and id. */
export interface Place {
  value: SortValue;
  id: number;
}

/** What a stream offers next: a matching row, or the place where it gave up searching. */
export type Entry = { place: Place; row: Row } | { place: Place; row?: undefined };

/** The matching rows of one list, in order, read from Taiga only as far as they are needed. */
export interface RowStream {
  /** The next entry; `undefined` at the end. Asks Taiga only if nothing is at hand. */
  peek(): Promise<Entry | undefined>;
  /** Goes on to the entry after the one that `peek` returned. */
  advance(): void;
  /** Whether more rows may follow; asks nothing. */
  mayContinue(): boolean;
  /** The number of all matches, as far as the requests so far tell. */
  total(): number | undefined;
  /** The rows that were examined one by one, for a message. */
  examined(): number;
}

/** What the streams of one search may spend together. */
export interface Budget {
  requests: number;
}

export interface StreamOptions {
  order: ItemOrder;
  /** Rows at or before this place were shown already. */
  after: Place | undefined;
  /** The rows that the answer can show of this list. */
  wanted: number;
  budget: Budget;
  /** How many rows may be examined with a request of their own. */
  maxConfirmed: number;
}

const MAX_PAGE_SIZE = 1_000;
/** Rows of one list that one call reads beyond the place where it starts. */
const MAX_ROWS = 5_000;
/** Rows that are examined at once. */
const CONFIRMED_AT_ONCE = 8;

/**
 * Streams one list. If Taiga can sort it, pages are read as they are needed; otherwise the whole
 * list is read and sorted here.
 *
 * A stream that gives up has come further than where it started, so that a caller who goes on from
 * there reaches the end.
 */
export function createRowStream(
  lists: RowLists,
  source: Source,
  { order, after, wanted, budget, maxConfirmed }: StreamOptions,
): RowStream {
  const { kind, project, accepts, confirms } = source;
  const orderBy = order.native(kind);
  const bound = after === undefined ? {} : order.from(after.value);
  const filter = { ...source.filter, order_by: orderBy, ...bound };
  const pageSize = choosePageSize(source, { wanted, orderBy, after, bound });

  const placeOf = (row: Row): Place => ({ value: order.valueOf(row, project), id: row.id });
  const compare = (one: Place, other: Place) =>
    order.compare(one.value, other.value) || one.id - other.id;
  const isPast = (row: Row) => after === undefined || compare(placeOf(row), after) > 0;

  const ready: Entry[] = [];
  /** Rows in their final order that were not yet examined. */
  let candidates: Row[] = [];
  /** Rows after which Taiga may list others of the same value. */
  let unsettled = new Map<number, Row>();
  const seen = new Set<number>();
  let page = 0;
  let read = 0;
  let confirmed = 0;
  let matches = 0;
  let isReadToEnd = false;
  let hasGivenUp = false;
  let total: number | undefined;

  const giveUpAt = (place: Place): void => {
    ready.push({ place });
    hasGivenUp = true;
  };

  async function readPage(): Promise<void> {
    page += 1;
    budget.requests -= 1;
    const { items, ...answer } = await lists.list(kind, filter, { page, pageSize });
    const isFiltered = accepts !== undefined || confirms !== undefined;
    if (page === 1 && after === undefined && !isFiltered) ({ total } = answer);
    for (const row of items.filter(isPast)) {
      read += 1;
      // Rows move between pages while they are read.
      if (!seen.has(row.id) && (accepts?.(row) ?? true)) unsettled.set(row.id, row);
      seen.add(row.id);
    }
    const end = items.at(-1);
    isReadToEnd = !answer.hasNext || end === undefined;
    if (isReadToEnd) settle(() => true);
    else if (orderBy !== undefined) settleBefore(order.valueOf(end!, project));
    else if (read >= MAX_ROWS || budget.requests <= 0) throw tooMany(read);
  }

  /** The next page may hold more rows of the last value, so only the rows before it are final. */
  function settleBefore(end: SortValue): void {
    settle(({ value }) => order.compare(value, end) < 0);
    const isSpent = read >= MAX_ROWS || budget.requests <= 0;
    const hasMoved = after === undefined || order.compare(after.value, end) < 0;
    if (!isSpent || candidates.length > 0) return;
    if (hasMoved && page > 1) return giveUpAt({ value: end, id: 0 });
    if (read >= 2 * MAX_ROWS) throw tooMany(read);
  }

  function settle(isFinal: (place: Place) => boolean): void {
    const rows = [...unsettled.values()];
    const final = rows.filter((row) => isFinal(placeOf(row)));
    unsettled = new Map(rows.filter((row) => !final.includes(row)).map((row) => [row.id, row]));
    candidates.push(...final.toSorted((a, b) => compare(placeOf(a), placeOf(b))));
    // Without requests for single rows, all matches are known once the list is read.
    if (isReadToEnd && after === undefined && confirms === undefined) {
      total ??= matches + candidates.length;
    }
  }

  async function examine(): Promise<void> {
    if (confirms === undefined) {
      matches += candidates.length;
      ready.push(...candidates.map((row) => ({ place: placeOf(row), row })));
      candidates = [];
      return;
    }
    const some = candidates.splice(0, CONFIRMED_AT_ONCE);
    const answers = await mapConcurrent(some, confirms);
    confirmed += some.length;
    const confirmedRows = some.filter((_row, index) => answers[index]);
    matches += confirmedRows.length;
    ready.push(...confirmedRows.map((row) => ({ place: placeOf(row), row })));
    const isDone = isReadToEnd && candidates.length === 0;
    if (isDone && after === undefined) total = matches;
    if (!isDone && confirmed >= maxConfirmed) giveUpAt(placeOf(some.at(-1)!));
  }

  const mayContinue = (): boolean => ready.length > 0 || candidates.length > 0 || !isReadToEnd;

  return {
    async peek() {
      while (ready.length === 0 && !hasGivenUp) {
        if (candidates.length > 0) await examine();
        else if (isReadToEnd) return undefined;
        else await readPage();
      }
      return ready[0];
    },
    advance: () => void ready.shift(),
    mayContinue,
    total: () => total,
    examined: () => (confirms === undefined ? read : confirmed),
  };
}

/** Chooses a page size that reads few surplus rows and needs few requests. */
function choosePageSize(
  { kind, accepts, confirms }: Source,
  {
    wanted,
    orderBy,
    after,
    bound,
  }: { wanted: number; orderBy: string | undefined; after: unknown; bound: object },
): number {
  // Keep pages small: Taiga renders the content of every wiki page that it lists.
  if (kind === "wiki") return 100;
  if (orderBy === undefined) return MAX_PAGE_SIZE;
  if (confirms !== undefined) return 50;
  if (accepts !== undefined) return 200;
  if (after === undefined) return wanted + 1;
  // Rows of the same moment as the last shown one are read again.
  return Object.keys(bound).length > 0 ? wanted + 5 : MAX_PAGE_SIZE;
}

const tooMany = (read: number) =>
  new ToolError(
    "answer_too_large",
    `order: more than ${read} items match, too many to sort this way. Narrow the search, or order by created or modified.`,
  );
