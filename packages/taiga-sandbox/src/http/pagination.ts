import type { Request } from "express";
import { ApiError } from "../model/errors.ts";

const DEFAULT_PAGE_SIZE = 30;
const MAX_PAGE_SIZE = 1000;

/** The requested slice of a list, with the headers that describe it. */
interface Page<Row> {
  rows: Row[];
  headers: Record<string, string>;
}

/**
 * Cuts a list to `page` and `page_size`. `x-disable-pagination` (with any value) returns
 * everything without headers, `x-lazy-pagination` leaves the count out.
 *
 * @throws {ApiError} 404 for a page beyond the end or a page that is not a number.
 */
function paginate<Row>(req: Request, all: readonly Row[]): Page<Row> {
  if (req.get("x-disable-pagination") !== undefined) return { rows: [...all], headers: {} };
  const size = toPageSize(req.query["page_size"]);
  const pages = Math.max(1, Math.ceil(all.length / size));
  const page = toPageNumber(req.query["page"], pages);
  const headers: Record<string, string> = {
    "x-paginated": "true",
    "x-paginated-by": String(size),
    "x-pagination-current": String(page),
  };
  if (req.get("x-lazy-pagination") === undefined) {
    headers["x-pagination-count"] = String(all.length);
  }
  if (page < pages) headers["X-Pagination-Next"] = toPageUrl(req, page + 1);
  if (page > 1) headers["X-Pagination-Prev"] = toPageUrl(req, page - 1);
  return { rows: all.slice((page - 1) * size, page * size), headers };
}

/** One page of a list; also sets the headers. */
export function toPage<Row>(
  req: Request,
  all: readonly Row[],
  toView: (row: Row) => unknown = (row) => row,
): unknown[] {
  const { rows, headers } = paginate(req, all);
  req.res!.set(headers);
  return rows.map(toView);
}

function toPageSize(value: unknown): number {
  const size = Number(value);
  if (!Number.isInteger(size) || size <= 0) return DEFAULT_PAGE_SIZE;
  return Math.min(size, MAX_PAGE_SIZE);
}

function toPageNumber(value: unknown, pages: number): number {
  if (value === undefined) return 1;
  if (value === "last") return pages;
  const page = Number(value);
  if (Number.isInteger(page) && page >= 1 && page <= pages) return page;
  throw new ApiError(404, {
    _error_message: "Page is not 'last', nor can it be converted to an int.",
  });
}

/** Absolute, built from the Host header as Taiga does, and so not to be trusted by a client. */
function toPageUrl(req: Request, page: number): string {
  const url = new URL(req.originalUrl, `${req.protocol}://${req.get("host") ?? "localhost"}`);
  url.searchParams.set("page", String(page));
  return url.href;
}
