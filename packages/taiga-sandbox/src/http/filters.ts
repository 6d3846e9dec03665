import type { Request } from "express";
import { badRequest } from "../model/errors.ts";
import { queryText } from "./endpoint.ts";

/** One condition of a list; `parameter` names its source. */
export interface Filter<Row> {
  parameter: string;
  matches: (row: Row) => boolean;
}

/** The parsed form of a list parameter of ids and `null`. */
type Id = number | null;

/** @throws {ApiError} 400 for anything but a whole number. */
export function readProjectId(req: Request): number | undefined {
  const value = queryText(req, "project");
  if (value === undefined || value === "") return undefined;
  if (!/^\d+$/.test(value)) throw badRequest("'project' must be an integer value.");
  return Number(value);
}

/**
 * `name=1,2,null` and `exclude_name=…`.
 *
 * @param idsOf the ids of a row that count; a row without any counts as `null`.
 * @param excludeName null if Taiga has no opposite filter.
 * @throws {ApiError} 400 "Wrong arguments." for anything else.
 */
export function idFilters<Row>(
  req: Request,
  name: string,
  idsOf: (row: Row) => readonly Id[],
  excludeName: string | null = `exclude_${name}`,
): Filter<Row>[] {
  const has = (row: Row, wanted: ReadonlySet<Id>): boolean => {
    const ids = idsOf(row);
    return ids.length === 0 ? wanted.has(null) : ids.some((id) => wanted.has(id));
  };
  const filters: Filter<Row>[] = [];
  const included = readIds(req, name);
  if (included) filters.push({ parameter: name, matches: (row) => has(row, included) });
  if (excludeName === null) return filters;
  const excluded = readIds(req, excludeName);
  if (excluded) filters.push({ parameter: excludeName, matches: (row) => !has(row, excluded) });
  return filters;
}

function readIds(req: Request, name: string): Set<Id> | undefined {
  const value = queryText(req, name);
  if (value === undefined || value === "") return undefined;
  const ids = value.split(",").map((part): Id => {
    const id = part.trim();
    if (id === "null") return null;
    if (!/^\d+$/.test(id)) throw badRequest("Wrong arguments.");
    return Number(id);
  });
  return new Set(ids);
}

/** Taiga's plain column filters: one number, `null`, `true` or `false`. */
export function columnFilter<Row>(
  req: Request,
  name: string,
  columnOf: (row: Row) => number | boolean | null,
): Filter<Row>[] {
  const value = queryText(req, name);
  if (value === undefined || value === "") return [];
  const wanted = toColumnValue(value);
  return [{ parameter: name, matches: (row) => columnOf(row) === wanted }];
}

/** @throws {ApiError} 400 for anything else. */
function toColumnValue(value: string): number | boolean | null {
  if (value === "null") return null;
  if (value === "true" || value === "false") return value === "true";
  if (/^\d+$/.test(value)) return Number(value);
  throw badRequest("Error in filter params types.");
}

const COMPARISONS: Record<string, (a: number, b: number) => boolean> = {
  "": (a, b) => a === b,
  __lt: (a, b) => a < b,
  __gt: (a, b) => a > b,
  __lte: (a, b) => a <= b,
  __gte: (a, b) => a >= b,
};

/**
 * `name`, `name__lt`, `name__gte` and so on, over days or times. Rows without a date never match.
 *
 * @throws {ApiError} 400 for an invalid date (Taiga itself fails with a 500 here).
 */
export function dateFilters<Row>(
  req: Request,
  name: string,
  dateOf: (row: Row) => string | null | undefined,
): Filter<Row>[] {
  return Object.entries(COMPARISONS).flatMap(([suffix, compare]) => {
    const value = queryText(req, `${name}${suffix}`);
    if (value === undefined || value === "") return [];
    const wanted = Date.parse(value);
    if (Number.isNaN(wanted)) throw badRequest("Error in filter params types.");
    const matches = (row: Row): boolean => {
      const date = dateOf(row);
      return date !== null && date !== undefined && compare(Date.parse(date), wanted);
    };
    return [{ parameter: `${name}${suffix}`, matches }];
  });
}

/** Rows that meet every condition, except those of the parameters to leave out. */
export function applyFilters<Row>(
  rows: readonly Row[],
  filters: readonly Filter<Row>[],
  without: readonly string[] = [],
): Row[] {
  const active = filters.filter((filter) => !without.includes(filter.parameter));
  return rows.filter((row) => active.every((filter) => filter.matches(row)));
}

type SortKey = number | string | boolean | null | undefined;

/**
 * `order_by=field` or `-field`; an unknown field is ignored. As in PostgreSQL, rows without a
 * value come last, and first when the order is reversed.
 */
export function orderRows<Row>(
  rows: readonly Row[],
  orderBy: string | undefined,
  keys: Record<string, (row: Row) => SortKey>,
  fallback: (a: Row, b: Row) => number,
): Row[] {
  const isReversed = orderBy?.startsWith("-") === true;
  const keyOf = keys[orderBy?.replace(/^-/, "") ?? ""];
  if (keyOf === undefined) return rows.toSorted(fallback);
  const direction = isReversed ? -1 : 1;
  return rows.toSorted((a, b) => direction * compareKeys(keyOf(a), keyOf(b)) || fallback(a, b));
}

function compareKeys(a: SortKey, b: SortKey): number {
  if (a === b) return 0;
  if (a === null || a === undefined) return b === null || b === undefined ? 0 : 1;
  if (b === null || b === undefined) return -1;
  if (typeof a === "string" && typeof b === "string") return a.localeCompare(b, "en");
  return a < b ? -1 : 1;
}
