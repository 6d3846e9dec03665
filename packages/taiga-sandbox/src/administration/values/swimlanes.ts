import type { Request } from "express";
import { group, queryText, toId, type Endpoint } from "../../http/endpoint.ts";
import * as field from "../../http/fields.ts";
import { toPage } from "../../http/pagination.ts";
import { resourceRoutes } from "../../http/resource.ts";
import {
  findForWrite,
  isAllowed,
  refusal,
  verifyPermission,
  verifyWritable,
  type Actor,
} from "../../model/access.ts";
import type { Context } from "../../model/context.ts";
import { badRequest, invalidFields, notFound } from "../../model/errors.ts";
import { allocateId, findById, mustFind, ownRows } from "../../model/rows.ts";
import type { State, Swimlane } from "../../model/state.ts";
import { toSwimlane } from "../../projects/value-views.ts";
import { createBulkOrder } from "./bulk-order.ts";
import { ADMIN, REQUIRED } from "./value-writes.ts";

const MODEL = "Swimlane";

const spec = (state: State) => ({ project: field.reference(state.projects), name: field.text() });

/** `/swimlanes`, and `/swimlane-userstory-statuses` with the limit of each cell of a board. */
export function swimlaneRoutes(context: Context): Record<string, Endpoint> {
  const { state } = context;
  return {
    ...group(MODEL, {
      "/swimlanes/bulk_update_order": {
        POST: createBulkOrder(state, "bulk_swimlanes", () => state.swimlanes),
      },
    }),
    ...resourceRoutes<Swimlane>(state, {
      path: "/swimlanes",
      model: MODEL,
      permission: "view_project",
      rows: () => state.swimlanes,
      toView: (row) => toSwimlane(state, row),
      create: (actor, body) => createSwimlane(context, actor, body),
      edit: (actor, id, body) => editSwimlane(state, actor, id, body),
      remove: (actor, id, req) => deleteSwimlane(state, actor, id, req),
    }),
    ...cellRoutes(state),
  };
}

/**
 * `POST /swimlanes`. The first one of a project takes all its stories and becomes its default.
 *
 * @throws {ApiError} as Taiga answers.
 */
function createSwimlane({ state, clock }: Context, actor: Actor, body: field.Body): Swimlane {
  const values = field.readFields(body, spec(state), { required: REQUIRED, isEdit: false });
  const project = mustFind(state.projects, values.project!);
  const swimlane: Swimlane = {
    id: 0,
    project: project.id,
    name: values.name!,
    // Milliseconds, so that a new one comes last; an order in the request is ignored.
    order: clock().getTime(),
    statuses: [],
  };
  verifyFreeName(state, swimlane);
  verifyPermission(state, actor, project, ADMIN);
  verifyWritable(project);
  const isFirst = ownRows(state.swimlanes, project).length === 0;
  swimlane.id = allocateId(state, "swimlanes");
  swimlane.statuses = ownRows(state.storyStatuses, project).map((status) => ({
    id: allocateId(state, "swimlaneStatuses"),
    status: status.id,
    wip_limit: null,
  }));
  state.swimlanes.push(swimlane);
  if (isFirst) {
    project.defaults.swimlane = swimlane.id;
    for (const story of ownRows(state.userstories, project)) story.swimlane = swimlane.id;
  }
  return swimlane;
}

/** @throws {ApiError} as Taiga answers. */
function editSwimlane(
  state: State,
  actor: Actor,
  id: number | undefined,
  body: field.Body,
): Swimlane {
  const swimlane = findForWrite(state, actor, { model: MODEL, rows: state.swimlanes, id }, ADMIN);
  const { name } = field.readFields(body, spec(state), { required: REQUIRED, isEdit: true });
  const edited = { ...swimlane, ...(name !== undefined && { name }) };
  verifyFreeName(state, edited);
  verifyWritable(mustFind(state.projects, swimlane.project));
  return Object.assign(swimlane, edited);
}

/**
 * `DELETE /swimlanes/{id}?moveTo={id}`; the last one needs no moveTo, and its stories have none then.
 *
 * @throws {ApiError} as Taiga answers.
 */
function deleteSwimlane(state: State, actor: Actor, id: number | undefined, req: Request): void {
  const swimlane = findForWrite(state, actor, { model: MODEL, rows: state.swimlanes, id }, ADMIN);
  const project = mustFind(state.projects, swimlane.project);
  verifyWritable(project);
  const moveTo = queryText(req, "moveTo");
  const isLast = ownRows(state.swimlanes, project).length === 1;
  const isDefault = project.defaults.swimlane === swimlane.id;
  if (moveTo === undefined && !isLast) {
    throw badRequest("Cannot set swimlane to None if there are available swimlanes");
  }
  const heir = moveTo === undefined ? null : findById(state.swimlanes, toId(moveTo));
  if (heir === undefined) throw notFound(MODEL);
  if (isDefault && !isLast) throw badRequest("The default swimlane cannot be deleted.");
  const next = heir === null || heir.id === swimlane.id ? null : heir.id;
  for (const story of state.userstories) {
    if (story.swimlane === swimlane.id) story.swimlane = next;
  }
  if (isDefault) project.defaults.swimlane = null;
  state.swimlanes = state.swimlanes.filter((row) => row !== swimlane);
}

/** @throws {ApiError} 400 when another swimlane of the project has the name. */
function verifyFreeName(state: State, swimlane: Swimlane): void {
  const isTaken = state.swimlanes.some(
    (row) =>
      row.id !== swimlane.id && row.project === swimlane.project && row.name === swimlane.name,
  );
  if (isTaken) throw invalidFields({ name: ["Duplicated name"] });
}

const listCells = (swimlanes: readonly Swimlane[]) =>
  swimlanes.flatMap(({ id: swimlane, project, statuses }) =>
    statuses.map((cell) => ({ cell, swimlane, project })),
  );

type Cell = ReturnType<typeof listCells>[number];

const toCell = ({ cell, swimlane }: Cell) => ({ ...cell, swimlane });

/** There is neither creation nor deletion: the cells follow the statuses and the swimlanes. */
function cellRoutes(state: State): Record<string, Endpoint> {
  const path = "/swimlane-userstory-statuses";
  const mayDo = ({ project }: Cell, actor: Actor, permission: string): boolean =>
    isAllowed(state, actor, mustFind(state.projects, project), permission);
  const find = (req: Request): Cell | undefined => {
    const id = toId(req.params["id"]);
    return listCells(state.swimlanes).find(({ cell }) => cell.id === id);
  };
  return group("SwimlaneUserStoryStatus", {
    [path]: {
      GET: (req, actor) => {
        if (queryText(req, "project") !== undefined) {
          throw new Error("Taiga's filter by project fails with a 500 here.");
        }
        const lanes = state.swimlanes.toSorted((a, b) => a.order - b.order || a.id - b.id);
        const visible = listCells(lanes).filter((row) => mayDo(row, actor, "view_project"));
        return toPage(req, visible, toCell);
      },
    },
    [`${path}/:id`]: {
      GET: (req, actor) => {
        const row = find(req);
        if (row === undefined) throw notFound("SwimlaneUserStoryStatus");
        if (!mayDo(row, actor, "view_project")) throw refusal(actor);
        return toCell(row);
      },
      PATCH: (req, actor) => {
        const row = find(req);
        if (row === undefined || !mayDo(row, actor, ADMIN)) throw refusal(actor);
        const fields = { wip_limit: field.wholeNumber };
        const options = { required: [], isEdit: true };
        const values = field.readFields(field.toBody(req.body), fields, options);
        verifyWritable(mustFind(state.projects, row.project));
        Object.assign(row.cell, values);
        return toCell(row);
      },
    },
  });
}
