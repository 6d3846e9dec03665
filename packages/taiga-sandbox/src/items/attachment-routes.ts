import type { Request } from "express";
import { isAllowed, permissionFor, refusal, type Actor } from "../model/access.ts";
import { addAttachment, deleteAttachment, editAttachment, projectOf } from "./attachment-writes.ts";
import { orderAttachments } from "./attachment-order.ts";
import type { Context } from "../model/context.ts";
import { group, queryText, toId, type Endpoint } from "../http/endpoint.ts";
import { apiException, notFound } from "../model/errors.ts";
import { toBody } from "../http/fields.ts";
import { readProjectId } from "../http/filters.ts";
import { KINDS, OBJECT_KINDS } from "../model/kinds.ts";
import type { Media } from "./media.ts";
import { toPage } from "../http/pagination.ts";
import { findById } from "../model/rows.ts";
import type { Attachment, ObjectKind, State } from "../model/state.ts";
import { toAttachment } from "./attachment-views.ts";

/** `/{kind}/attachments` and `/{kind}/attachments/{id}` of items and wiki pages. */
export function attachmentRoutes(context: Context, media: Media): Record<string, Endpoint> {
  return Object.assign({}, ...OBJECT_KINDS.map((kind) => routesOf(context, media, kind)));
}

function routesOf(context: Context, media: Media, kind: ObjectKind): Record<string, Endpoint> {
  const { state } = context;
  const toView = (req: Request, row: Attachment) => toAttachment(state, row, media.toUrl(req, row));
  const isVisible = (row: Attachment, actor: Actor): boolean =>
    row.owner === actor?.id ||
    isAllowed(state, actor, projectOf(state, row), permissionFor("view", kind));
  const target = (req: Request) => ({ kind, id: toId(req.params["id"]) });
  return group("Attachment", {
    [`/${KINDS[kind].path}/attachments`]: {
      GET: (req, actor) => {
        const rows = state.attachments
          .filter((row) => row.kind === kind && isWanted(state, req, row) && isVisible(row, actor))
          .toSorted((a, b) => a.object - b.object || a.order - b.order || a.id - b.id);
        return toPage(req, rows, (row) => toView(req, row));
      },
      POST: (req, actor, res) => {
        const attachment = addAttachment(context, actor, kind, toBody(req.body));
        res.status(201);
        return toView(req, attachment);
      },
    },
    [`/${KINDS[kind].path}/attachments/bulk_update_order`]: {
      POST: (req, actor) =>
        orderAttachments(context, actor, kind, toBody(req.body)).map(({ id, order }) => ({
          id,
          order,
        })),
    },
    [`/${KINDS[kind].path}/attachments/:id`]: {
      GET: (req, actor) => {
        const row = findById(state.attachments, toId(req.params["id"]));
        // As in Taiga, the route of any kind reads every attachment.
        if (row === undefined) throw notFound("Attachment");
        if (!isVisible(row, actor)) throw refusal(actor);
        return toView(req, row);
      },
      PUT: () => {
        throw apiException(405, "NotSupported", "Partial updates are not supported");
      },
      PATCH: (req, actor) =>
        toView(req, editAttachment(context, actor, target(req), toBody(req.body))),
      DELETE: (req, actor) => deleteAttachment(context, actor, target(req)),
    },
  });
}

function isWanted(state: State, req: Request, row: Attachment): boolean {
  const project = readProjectId(req);
  const object = queryText(req, "object_id");
  return (
    (project === undefined || projectOf(state, row).id === project) &&
    (object === undefined || row.object === Number(object))
  );
}
