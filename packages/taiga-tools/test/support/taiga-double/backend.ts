import { type Page, TaigaError } from "@taiga-mcp/taiga-client";
import type { TaigaDouble } from "./state.ts";

/** What the resources of the double share. */
export interface Backend {
  double: TaigaDouble;
  /** Notes what was asked, lets a test step in, and answers with a copy. */
  called: <Result>(call: string, answer: () => Result) => Promise<Result>;
  nextId: () => number;
}

/** What Taiga answers for what is not there, and for what may not be looked at or changed. */
export const missing = () => new TaigaError("not_found", "No such object.", { status: 404 });
export const forbidden = () => new TaigaError("permission_denied", "You may not.", { status: 403 });

/** One page of rows, 30 unless asked for more or fewer. */
export const pageOf = <Row>(rows: Row[], { page = 1, pageSize = 30 } = {}): Page<Row> => ({
  items: rows.slice((page - 1) * pageSize, page * pageSize),
  total: rows.length,
  page,
  pageSize,
  hasNext: page * pageSize < rows.length,
});
