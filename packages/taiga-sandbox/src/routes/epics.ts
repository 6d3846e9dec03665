import type { Request, Response } from "express";
import type { Actor } from "../access.ts";
import type { Context } from "../context.ts";
import { toId, type Endpoint } from "../endpoint.ts";
import { createEpic, createPlainEpic, deleteEpic, editEpic } from "../epic-writes.ts";
import { toBody } from "../fields.ts";
import { mustFind } from "../rows.ts";
import { toItemDetail } from "../views/items.ts";
import {
  findForDelete,
  mustBeUser,
  readBulk,
  readOwnId,
  toSubjects,
  verifyPermission,
  verifyWritable,
} from "../writes.ts";
import { createItemReads } from "./items.ts";

const KIND = "epic";

/** `/epics` and what is under it, except related stories, attachments and custom fields. */
export function epicRoutes(context: Context): Record<string, Endpoint> {
  const { list, detail, byRef, filtersData } = createItemReads(context, KIND);
  const endpoint = (handlers: Endpoint["handlers"]): Endpoint => ({ name: "Epic", handlers });
  return {
    "/epics": endpoint({
      GET: list,
      POST: (req, res, actor) => {
        const epic = createEpic(context, actor, toBody(req.body));
        res.status(201).json(toItemDetail(context, KIND, epic, actor));
      },
    }),
    "/epics/by_ref": endpoint({ GET: byRef }),
    "/epics/filters_data": endpoint({ GET: filtersData }),
    "/epics/bulk_create": endpoint({
      POST: (req, res, actor) => bulkCreate(context, req, res, actor),
    }),
    "/epics/:id": endpoint({
      GET: detail,
      PATCH: (req, res, actor) => {
        const edited = editEpic(context, actor, toId(req.params["id"]), toBody(req.body));
        res.set("Taiga-Info-Order-Updated", JSON.stringify(edited.orderUpdated));
        res.json(toItemDetail(context, KIND, edited.epic, actor));
      },
      DELETE: (req, res, actor) => {
        const target = { kind: KIND, id: toId(req.params["id"]) } as const;
        const epic = findForDelete(context.state, actor, target);
        verifyWritable(mustFind(context.state.projects, epic.project));
        deleteEpic(context, mustBeUser(actor), epic);
        res.status(204).end();
      },
    }),
  };
}

function bulkCreate(context: Context, req: Request, res: Response, actor: Actor): void {
  const { state } = context;
  const body = toBody(req.body);
  const project = readBulk(state, body, ["bulk_epics"]);
  const status = readOwnId(body, "status_id", {
    rows: state.epicStatuses,
    project,
    message: "Invalid epic status id. The status must belong to the same project.",
  });
  const author = verifyPermission(state, actor, project, "add_epic");
  verifyWritable(project, "blocked only");
  const epics = toSubjects(body["bulk_epics"]).map((subject) =>
    createPlainEpic(context, project, author, {
      subject,
      status: status ?? project.defaults.epic_status,
    }),
  );
  res.json(epics.map((epic) => toItemDetail(context, KIND, epic, actor)));
}
