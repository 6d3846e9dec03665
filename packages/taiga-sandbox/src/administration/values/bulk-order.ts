import type { Handler } from "../../http/endpoint.ts";
import { toBody } from "../../http/fields.ts";
import { verifyPermission, verifyWritable } from "../../model/access.ts";
import { badRequest, notFound } from "../../model/errors.ts";
import { findById } from "../../model/rows.ts";
import type { State } from "../../model/state.ts";
import { ADMIN } from "./value-writes.ts";

interface Ordered {
  id: number;
  project: number;
  order: number;
}

/**
 * `POST /{list}/bulk_update_order` with `project` and a list of `[id, order]` pairs. Ids of other
 * projects are ignored; an archived project allows it.
 *
 * @throws {ApiError} 400 for a missing parameter, 404, 401, 403 or 451.
 * @throws {Error} for entries that are not pairs: Taiga fails with a 500 there.
 */
export const createBulkOrder =
  (state: State, orderField: string, rows: () => readonly Ordered[]): Handler =>
  (req, actor) => {
    const body = toBody(req.body);
    const pairs = body[orderField];
    if (pairs === undefined || pairs === null) {
      throw badRequest(`'${orderField}' parameter is mandatory`);
    }
    if (body["project"] === undefined) throw badRequest("'project' parameter is mandatory");
    const project = findById(state.projects, Number(body["project"]));
    if (project === undefined) throw notFound("Project");
    verifyPermission(state, actor, project, ADMIN);
    verifyWritable(project, "blocked only");
    for (const [id, order] of toPairs(pairs)) {
      const row = findById(rows(), id);
      if (row?.project === project.id) row.order = order;
    }
  };

function toPairs(value: unknown): [id: number, order: number][] {
  const pairs: unknown[] = Array.isArray(value) ? value : [value];
  return pairs.map((pair) => {
    const [id, order] = Array.isArray(pair) ? pair.map(Number) : [];
    if (!Number.isInteger(id) || !Number.isInteger(order)) {
      throw new TypeError("A pair of numbers was expected.");
    }
    return [id!, order!];
  });
}
