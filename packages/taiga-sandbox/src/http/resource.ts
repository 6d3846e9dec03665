import type { Request, Response } from "express";
import { isAllowed, refusal, type Actor } from "../model/access.ts";
import { notFound } from "../model/errors.ts";
import { findById, inOrder, mustFind } from "../model/rows.ts";
import type { State } from "../model/state.ts";
import { group, toId, type Endpoint } from "./endpoint.ts";
import { toBody, type Body } from "./fields.ts";
import { readProjectId } from "./filters.ts";
import { toPage } from "./pagination.ts";

interface ProjectRow {
  id: number;
  project: number;
}

/** A table whose rows belong to projects, as served by the API. */
export interface Resource<Row extends ProjectRow> {
  path: string;
  /** Its name in refusals and OPTIONS answers. */
  model: string;
  /** The permission in the row's project that is required to see a row. */
  permission: string;
  rows: () => readonly Row[];
  toView: (row: Row, actor: Actor) => unknown;
  /**
   * The rows of a list: those that the caller may see, of the requested project.
   * Defaults to all of them, sorted by `order`.
   */
  select?: (visible: Row[], req: Request, res: Response) => Row[];
  create?: (actor: Actor, body: Body) => Row;
  edit?: (actor: Actor, id: number | undefined, body: Body) => Row | Promise<Row>;
  /** @param req for its parameters, such as `moveTo`. */
  remove?: (actor: Actor, id: number | undefined, req: Request) => void;
}

/** The list and the single rows; a list silently omits rows that the caller may not see. */
export function resourceRoutes<Row extends ProjectRow>(
  state: State,
  resource: Resource<Row>,
): Record<string, Endpoint> {
  const { path, model, rows, toView, create, edit, remove } = resource;
  const select = resource.select ?? ((visible) => inOrder(visible as (Row & { order: number })[]));
  return group(model, {
    [path]: {
      GET: (req, actor, res) => {
        const projectId = readProjectId(req);
        const visible = rows()
          .filter((row) => projectId === undefined || row.project === projectId)
          .filter((row) => isVisible(state, resource, row, actor));
        return toPage(req, select(visible, req, res), (row) => toView(row, actor));
      },
      ...(create && {
        POST: (req, actor, res) => {
          const row = create(actor, toBody(req.body));
          res.status(201);
          return toView(row, actor);
        },
      }),
    },
    [`${path}/:id`]: {
      GET: (req, actor) => {
        const row = findById(rows(), toId(req.params["id"]));
        return toView(mustSee(state, resource, row, actor), actor);
      },
      ...(edit && {
        PATCH: async (req, actor) =>
          toView(await edit(actor, toId(req.params["id"]), toBody(req.body)), actor),
      }),
      ...(remove && { DELETE: (req, actor) => remove(actor, toId(req.params["id"]), req) }),
    },
  });
}

type Sight = Pick<Resource<ProjectRow>, "model" | "permission">;

const isVisible = (state: State, { permission }: Sight, row: ProjectRow, actor: Actor): boolean =>
  isAllowed(state, actor, mustFind(state.projects, row.project), permission);

/** @throws {ApiError} 404 for a missing row, 401 or 403 for one that the caller may not see. */
export function mustSee<Row extends ProjectRow>(
  state: State,
  sight: Sight,
  row: Row | undefined,
  actor: Actor,
): Row {
  if (row === undefined) throw notFound(sight.model);
  if (!isVisible(state, sight, row, actor)) throw refusal(actor);
  return row;
}
