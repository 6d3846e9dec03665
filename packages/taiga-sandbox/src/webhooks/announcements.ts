import type { Context } from "../model/context.ts";
import { toTimestamp } from "../model/context.ts";
import { allocateId, mustFind } from "../model/rows.ts";
import type { State, Webhook, WebhookLog } from "../model/state.ts";
import { deliver } from "./delivery.ts";
import type { Announced, Announcement } from "../model/announced.ts";
import { toChange } from "./change.ts";
import { toData, toUser, type Links } from "./payload.ts";

/** The most logs that are kept of a webhook. */
const MAX_LOGS = 10;

/** Sends what happens to the webhooks of its project, in the order in which it happened. */
export interface Webhooks {
  announce: (subject: Announced, announcement: Announcement) => void;
  /** Delivers now and returns the log. */
  send: (webhook: Webhook, payload: Record<string, unknown>) => Promise<WebhookLog>;
  /** The payload of a test. */
  toTest: (author: number) => Record<string, unknown>;
  /** Resolves when all deliveries so far are over. */
  idle: () => Promise<void>;
}

/** @param options.links the address of Taiga's own pages, for the links in deliveries. */
export function createWebhooks(
  { state, clock }: Pick<Context, "state" | "clock">,
  options: { links: Links; allowPrivate: () => boolean; saveSoon: () => void },
): Webhooks {
  let queue: Promise<unknown> = Promise.resolve();
  const send = async (webhook: Webhook, payload: Record<string, unknown>): Promise<WebhookLog> => {
    const delivered = await deliver(webhook, payload, options.allowPrivate());
    const log: WebhookLog = {
      id: allocateId(state, "webhookLogs"),
      webhook: webhook.id,
      url: webhook.url,
      status: delivered.status,
      request_data: payload,
      request_headers: delivered.request_headers,
      response_data: delivered.response_data,
      response_headers: delivered.response_headers,
      duration: delivered.duration,
      created: toTimestamp(clock()),
    };
    keep(state, log);
    options.saveSoon();
    return log;
  };
  const envelope = (action: string, type: string, author: number) => ({
    action,
    type,
    by: toUser(state, options.links, author),
    date: toTimestamp(clock()),
  });
  return {
    send,
    toTest: (author) => ({ ...envelope("test", "test", author), data: { test: "test" } }),
    announce: (subject, { action, author, entry }) => {
      const project = projectOf(state, subject);
      const webhooks = state.webhooks.filter((row) => row.project === project);
      if (webhooks.length === 0) return;
      const type = subject.kind === "wiki" ? "wikipage" : subject.kind;
      const data = toData(state, options.links, subject);
      // The data are those of now: later changes must not show in this delivery.
      const payload = structuredClone({
        ...envelope(action, type, author),
        data: action === "delete" ? { ...data, ...withoutValues(data) } : data,
        ...(entry && { change: toChange(state, entry) }),
      });
      for (const webhook of webhooks) queue = queue.then(() => send({ ...webhook }, payload));
    },
    idle: async () => {
      await queue;
    },
  };
}

/** The custom fields of a deleted item are gone already. */
const withoutValues = (data: Record<string, unknown>): object =>
  "custom_attributes_values" in data ? { custom_attributes_values: null } : {};

const projectOf = (state: State, { kind, item }: Announced): number =>
  kind === "relateduserstory" ? mustFind(state.epics, item.epic).project : item.project;

function keep(state: State, log: WebhookLog): void {
  state.webhookLogs.push(log);
  const own = state.webhookLogs.filter((row) => row.webhook === log.webhook);
  const old = new Set(own.slice(0, Math.max(0, own.length - MAX_LOGS)));
  state.webhookLogs = state.webhookLogs.filter((row) => !old.has(row));
}
