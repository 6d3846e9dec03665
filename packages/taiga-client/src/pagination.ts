import { z } from "zod";
import { toListSchema } from "./compiled-schema.ts";
import { TaigaError } from "./errors.ts";
import type { Query } from "./query.ts";
import type { TaigaRequest } from "./taiga-request.ts";

/** Which part of a list. */
export interface PageRequest {
  /** From 1. */
  page?: number | undefined;
  /** 1 to 1000; Taiga's default is 30. */
  pageSize?: number | undefined;
}

/** Part of a list, and its position in the whole list. */
export interface Page<T> {
  items: T[];
  /** Members of the whole list. */
  total: number;
  page: number;
  pageSize: number;
  hasNext: boolean;
}

const MAX_PAGE_SIZE = 1_000;
/** Large enough for few requests, small enough for a slow Taiga to answer each in time. */
const ITERATION_PAGE_SIZE = 200;

// An empty header would be coerced to 0, which would mean the end of the list.
const wholeNumber = z.string().regex(/^\d+$/).transform(Number).pipe(z.int());

const PageNumbers = z.object({
  "x-pagination-count": wholeNumber,
  "x-paginated-by": wholeNumber.refine((number) => number > 0),
  "x-pagination-current": wholeNumber.refine((number) => number > 0),
});

/** A paginated list of the API. */
export interface PagedList<Schema extends z.ZodType> {
  path: string;
  query: Query;
  /** Schema of one row. */
  schema: Schema;
}

/**
 * Reads one page. Numbers come from the `x-pagination-*` headers, never from `X-Pagination-Next`,
 * whose origin is Taiga's own idea of its address.
 * @throws {TaigaError} `not_found` beyond the end; `invalid_request` for a bad page or size.
 */
export async function readPage<Schema extends z.ZodType>(
  request: TaigaRequest,
  { path, query, schema }: PagedList<Schema>,
  wanted: PageRequest,
): Promise<Page<z.output<Schema>>> {
  const { page, pageSize } = wanted;
  verifyCount("page", page, Number.MAX_SAFE_INTEGER);
  verifyCount("pageSize", pageSize, MAX_PAGE_SIZE);
  const { data, headers } = await request({
    path,
    query: { ...query, page, page_size: pageSize },
    schema: toListSchema(schema),
  }).catch((error: unknown) => {
    throw isBeyondEnd(error, page) ? beyondEnd(error, page) : error;
  });

  const numbers = PageNumbers.safeParse(headers);
  if (!numbers.success) {
    // Treating one page as the whole list would silently lose rows.
    const missing = numbers.error.issues.map((issue) => issue.path.join(".")).join(", ");
    throw new TaigaError(
      "unexpected_response",
      `Taiga's answer to GET ${path} misses or mistypes the headers ${missing}`,
      { status: 200 },
    );
  }
  const total = numbers.data["x-pagination-count"];
  const by = numbers.data["x-paginated-by"];
  const current = numbers.data["x-pagination-current"];
  return { items: data, total, page: current, pageSize: by, hasNext: current * by < total };
}

/**
 * Reads a list page by page. Pages are by position: rows that move during the read can appear twice
 * or not at all, so callers that write at the same time sort by a field that does not change.
 */
export async function* readPages<Schema extends z.ZodType>(
  request: TaigaRequest,
  list: PagedList<Schema>,
): AsyncGenerator<Page<z.output<Schema>>> {
  for (let page = 1; ; page += 1) {
    const read = await readPage(request, list, { page, pageSize: ITERATION_PAGE_SIZE }).catch(
      (error: unknown) => {
        // The rows of the last page were deleted meanwhile.
        if (isBeyondEnd(error, page)) return undefined;
        throw error;
      },
    );
    if (read !== undefined) yield read;
    if (read?.hasNext !== true) return;
  }
}

/** The list itself exists: its first page was found, or is empty for this user. */
const isBeyondEnd = (error: unknown, page = 1): error is TaigaError =>
  page > 1 && error instanceof TaigaError && error.code === "not_found";

const beyondEnd = (error: TaigaError, page = 1): TaigaError =>
  new TaigaError("not_found", `page: ${page} is beyond the last page`, { status: error.status });

function verifyCount(name: string, value: number | undefined, max: number): void {
  if (value === undefined || (Number.isInteger(value) && value >= 1 && value <= max)) return;
  throw new TaigaError("invalid_request", `${name}: must be a whole number from 1 to ${max}`);
}
