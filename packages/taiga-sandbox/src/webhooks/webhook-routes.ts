import type { Request } from "express";
import { group, queryText, toId, type Endpoint } from "../http/endpoint.ts";
import * as field from "../http/fields.ts";
import { toPage } from "../http/pagination.ts";
import { resourceRoutes } from "../http/resource.ts";
import {
  findForWrite,
  isAllowed,
  mustBeUser,
  refusal,
  verifyPermission,
  verifyWritable,
  type Actor,
} from "../model/access.ts";
import type { Context } from "../model/context.ts";
import { invalidFields, notAuthenticated, notFound } from "../model/errors.ts";
import { allocateId, findById, mustFind } from "../model/rows.ts";
import type { State, Webhook, WebhookLog } from "../model/state.ts";
import type { Webhooks } from "./announcements.ts";
import { isPrivateAddress } from "./delivery.ts";

const ADMIN = "modify_project";

/** `/webhooks` and `/webhooklogs`; only administrators see them. */
export function webhookRoutes(
  { state }: Context,
  webhooks: Webhooks,
  allowPrivate: () => boolean,
): Record<string, Endpoint> {
  const spec = {
    project: field.reference(state.projects),
    name: field.text(250),
    url: field.text(200),
    key: field.text(),
  };
  const required = ["project", "name", "url", "key"];
  const read = (body: field.Body, isEdit: boolean) => {
    const fields = { ...spec, project: field.reference(state.projects) };
    const values = field.readFields(body, fields, { required, isEdit });
    verifyUrl(values.url, allowPrivate());
    return values;
  };
  const toView = (row: Webhook) => ({
    ...row,
    logs_counter: state.webhookLogs.filter((log) => log.webhook === row.id).length,
  });
  const target = (id: number | undefined) => ({ model: "Webhook", rows: state.webhooks, id });
  const rows = resourceRoutes<Webhook>(state, {
    path: "/webhooks",
    model: "Webhook",
    permission: ADMIN,
    rows: () => state.webhooks,
    toView,
    select: (visible) => visible,
    create: (actor, body) => {
      const values = read(body, false);
      const project = mustFind(state.projects, values.project!);
      verifyPermission(state, actor, project, ADMIN);
      verifyWritable(project);
      const webhook = { ...(values as Omit<Webhook, "id">), id: allocateId(state, "webhooks") };
      state.webhooks.push(webhook);
      return webhook;
    },
    edit: (actor, id, body) => {
      const webhook = findForWrite(state, actor, target(id), ADMIN);
      const values = read(body, true);
      verifyWritable(mustFind(state.projects, webhook.project));
      return Object.assign(webhook, values);
    },
    remove: (actor, id) => {
      const webhook = findForWrite(state, actor, target(id), ADMIN);
      verifyWritable(mustFind(state.projects, webhook.project));
      state.webhooks = state.webhooks.filter((row) => row !== webhook);
      state.webhookLogs = state.webhookLogs.filter((row) => row.webhook !== webhook.id);
    },
  });
  return {
    ...rows,
    ...group("Webhook", {
      "/webhooks/:id/test": {
        POST: (req, actor) => {
          const webhook = findOwn(state, actor, toId(req.params["id"]));
          return webhooks.send(webhook, webhooks.toTest(mustBeUser(actor).id));
        },
      },
    }),
    ...logRoutes(state, webhooks),
  };
}

/** @throws {ApiError} 400 for text that is no address, and for a private one where refused. */
function verifyUrl(url: string | undefined, allowPrivate: boolean): void {
  if (url === undefined) return;
  const parsed = URL.parse(url);
  if (parsed === null || !/^(https?|ftp):$/.test(parsed.protocol)) {
    throw invalidFields({ url: ["Invalid value."] });
  }
  if (!allowPrivate && isPrivateAddress(parsed.hostname)) {
    throw invalidFields({ url: ["Not allowed IP Address"] });
  }
}

const mayAdminister = (state: State, actor: Actor, webhook: Webhook): boolean =>
  isAllowed(state, actor, mustFind(state.projects, webhook.project), ADMIN);

/** @throws {ApiError} 401, or 404 for a missing webhook and one of other administrators. */
function findOwn(state: State, actor: Actor, id: number | undefined): Webhook {
  if (actor === null) throw notAuthenticated();
  const webhook = findById(state.webhooks, id);
  if (webhook === undefined || !mayAdminister(state, actor, webhook)) throw notFound();
  return webhook;
}

function logRoutes(state: State, webhooks: Webhooks): Record<string, Endpoint> {
  const webhookOf = (log: WebhookLog): Webhook => mustFind(state.webhooks, log.webhook);
  const findLog = (req: Request) => findById(state.webhookLogs, toId(req.params["id"]));
  return group("WebhookLog", {
    "/webhooklogs": {
      GET: (req, actor) => {
        const webhook = toId(queryText(req, "webhook"));
        const rows = state.webhookLogs
          .filter((log) => webhook === undefined || log.webhook === webhook)
          .filter((log) => mayAdminister(state, actor, webhookOf(log)));
        return toPage(req, rows.toReversed());
      },
    },
    "/webhooklogs/:id": {
      GET: (req, actor) => {
        const log = findLog(req);
        if (log === undefined) throw notFound("WebhookLog");
        if (!mayAdminister(state, actor, webhookOf(log))) throw refusal(actor);
        return log;
      },
    },
    "/webhooklogs/:id/resend": {
      POST: (req, actor) => {
        const log = findLog(req);
        const webhook = findOwn(state, actor, log?.webhook);
        return webhooks.send(webhook, log!.request_data);
      },
    },
  });
}
