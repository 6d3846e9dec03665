import { ToolError } from "../../errors.ts";
import { type Project } from "../../projects/project-directory.ts";
import { badCursor, type Position } from "../../schema/cursor.ts";
import { mapConcurrent } from "../../schema/map-concurrent.ts";
import { type PageKind } from "../../kinds.ts";
import { type ItemOrder } from "./order.ts";
import { type Row, type RowLists } from "../rows.ts";
import { type ItemFilter } from "../taiga-items.ts";

/** One of Taiga's lists: one kind, in one project or in all. */
export interface Source {
  id: string;
  kind: PageKind;
  project?: Project | undefined;
  filter: ItemFilter;
  /** Tests rows for criteria that Taiga cannot filter; omitted if it can filter all. */
  accepts?: ((row: Row) => boolean) | undefined;
  /** A test that needs a request per row; runs after all other filters. */
  confirms?: ((row: Row) => Promise<boolean>) | undefined;
}

export interface Found {
  row: Row;
  source: Source;
}

export interface Listing {
  found: Found[];
  /** Where the next call continues; omitted at the end. */
  next?: Position | undefined;
  /** The number of all matches, if Taiga's answer contains it. */
  total?: number | undefined;
}

export interface ListingOptions {
  order: ItemOrder;
  limit: number;
  start?: Position | undefined;
}

const MAX_REQUESTS = 40;
const MAX_PAGE_SIZE = 1_000;
/** Rows that one call reads of one list; `MAX_CONFIRMED` if each row needs a request. */
const MAX_ROWS = 5_000;
const MAX_CONFIRMED = 200;

/** Lists sources one after another until enough rows are found or `MAX_REQUESTS` is reached. */
export async function listItems(
  lists: RowLists,
  sources: readonly Source[],
  { order, limit, start }: ListingOptions,
): Promise<Listing> {
  const first = start === undefined ? 0 : sources.findIndex(({ id }) => id === start.source);
  if (first === -1) throw badCursor("points to a project that you can no longer reach");
  const found: Found[] = [];
  const budget = { requests: MAX_REQUESTS };
  for (const [index, source] of sources.entries()) {
    if (index < first) continue;
    if (found.length === limit || budget.requests === 0) {
      return { found, next: { source: source.id } };
    }
    const after = index === first ? start?.after : undefined;
    const wanted = limit - found.length;
    const part = await listSource(lists, source, { order, wanted, after, budget });
    found.push(...part.rows.map((row) => ({ row, source })));
    if (part.next !== undefined) {
      const next = { source: source.id, after: part.next };
      return { found, next, ...(sources.length === 1 && { total: part.total }) };
    }
    if (sources.length === 1) return { found, total: part.total };
  }
  return { found };
}

type After = NonNullable<Position["after"]>;

interface SourceOptions {
  order: ItemOrder;
  wanted: number;
  after: After | undefined;
  budget: { requests: number };
}

interface Part {
  rows: Row[];
  next?: After | undefined;
  total?: number | undefined;
}

async function listSource(
  lists: RowLists,
  source: Source,
  { order, wanted, after, budget }: SourceOptions,
): Promise<Part> {
  const { kind, project } = source;
  const orderBy = order.native(kind);
  const bound = after === undefined ? {} : order.from(after.value);
  const filter = { ...source.filter, order_by: orderBy, ...bound };
  const pageSize = choosePageSize(source, { wanted, orderBy, after, bound });
  const filtered = source.accepts !== undefined || source.confirms !== undefined;
  const maxRows = source.confirms === undefined ? MAX_ROWS : MAX_CONFIRMED;

  const valueOf = (row: Row) => order.valueOf(row, project);
  const sorted = (rows: Iterable<Row>) =>
    [...rows].toSorted((a, b) => order.compare(valueOf(a), valueOf(b)) || a.id - b.id);
  const isPast = (row: Row) => {
    if (after === undefined) return true;
    const difference = order.compare(valueOf(row), after.value);
    return difference > 0 || (difference === 0 && row.id > after.id);
  };
  const toNext = (row: Row): After => ({ value: valueOf(row), id: row.id });
  const cut = (rows: Row[], total?: number): Part => {
    const last = rows.length > wanted ? rows[wanted - 1] : undefined;
    return { rows: rows.slice(0, wanted), next: last && toNext(last), total };
  };

  const matching = new Map<number, Row>();
  let total: number | undefined;
  for (let page = 1, read = 0; ; page += 1) {
    budget.requests -= 1;
    const { items: rows, ...answer } = await lists.list(kind, filter, { page, pageSize });
    if (page === 1 && !filtered && after === undefined) total = answer.total;
    for (const row of await matchingRows(source, rows.filter(isPast))) matching.set(row.id, row);
    const end = rows.at(-1);
    if (!answer.hasNext || end === undefined) return cut(sorted(matching.values()), total);

    // The next page may hold more rows equal to the last one, so only the rows before it are final.
    const settled = sorted(matching.values()).filter(
      (row) => order.compare(valueOf(row), valueOf(end)) < 0,
    );
    if (orderBy !== undefined && settled.length >= wanted) {
      return { ...cut([...settled, end]), total };
    }
    read += rows.length;
    if (read < maxRows && budget.requests > 0) continue;
    if (orderBy === undefined) throw tooMany();
    // All rows before the last value are final, so the next call starts at that value.
    return { rows: settled, next: { value: valueOf(end), id: 0 }, total };
  }
}

async function matchingRows(source: Source, rows: Row[]): Promise<Row[]> {
  const accepted = rows.filter((row) => source.accepts?.(row) ?? true);
  const { confirms } = source;
  if (confirms === undefined) return accepted;
  const answers = await mapConcurrent(accepted, confirms);
  return accepted.filter((_row, index) => answers[index]);
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
  // `bound` has whole days, so rows of the position's own day are read again.
  return Object.keys(bound).length > 0 ? wanted + 50 : MAX_PAGE_SIZE;
}

const tooMany = () =>
  new ToolError(
    "answer_too_large",
    `order: more than ${MAX_ROWS} items match, too many to sort this way. Narrow the search, or order by created, modified or rank.`,
  );
