import { z } from "zod";
import type { TaigaRequest } from "../taiga-request.ts";
import type { ChangesOf } from "./item-changes.ts";
import { noContent, orNull, text, timestamp } from "./schema-parts.ts";

/** Where Taiga sends a project's events. */
export const Webhook = z.object({
  id: z.int(),
  project: z.int(),
  name: z.string(),
  url: z.string(),
  /** The secret that signs deliveries. */
  key: text,
  logs_counter: orNull(z.int()),
});
export type Webhook = z.output<typeof Webhook>;

/** One delivery; Taiga keeps the last ten. Headers with signatures are left out. */
export const WebhookLog = z.object({
  id: z.int(),
  webhook: z.int(),
  url: z.string(),
  /** HTTP status of the answer; 0 when there was none. */
  status: z.int(),
  /** What was sent. */
  request_data: orNull(z.record(z.string(), z.unknown())),
  /** What the receiver answered, or why the delivery failed. */
  response_data: text,
  /** Seconds. */
  duration: orNull(z.number()),
  created: timestamp,
});
export type WebhookLog = z.output<typeof WebhookLog>;

/** What can be set on a webhook. */
export interface WebhookFields {
  name: string;
  /** Taiga may refuse private addresses, here or at delivery. */
  url: string;
  key: string;
}

/** Webhooks of projects, for their administrators; others get empty lists. */
export interface Webhooks {
  list(projectId: number): Promise<Webhook[]>;
  getById(id: number): Promise<Webhook>;
  create(values: WebhookFields & { project: number }): Promise<Webhook>;
  /** Changes only the given fields (PATCH). */
  update(id: number, changes: ChangesOf<WebhookFields>): Promise<Webhook>;
  delete(id: number): Promise<void>;
  /** Sends a test event and waits for its outcome, also while events are switched off. */
  test(id: number): Promise<WebhookLog>;
  /** The last deliveries, newest first. */
  listLogs(webhookId: number): Promise<WebhookLog[]>;
  getLog(id: number): Promise<WebhookLog>;
  /** Sends a delivery once more and waits for its outcome. */
  resendLog(id: number): Promise<WebhookLog>;
}

/** `/webhooks` and `/webhooklogs` */
export function createWebhooks(request: TaigaRequest): Webhooks {
  const path = "/webhooks";
  const logPath = "/webhooklogs";
  const schema = Webhook;
  return {
    list: async (projectId) => {
      const query = { project: projectId };
      return (await request({ path, query, wholeList: true, schema: z.array(schema) })).data;
    },
    getById: async (id) => (await request({ path: `${path}/${id}`, schema })).data,
    create: async (values) => (await request({ method: "POST", path, body: values, schema })).data,
    update: async (id, changes) =>
      (await request({ method: "PATCH", path: `${path}/${id}`, body: changes, schema })).data,
    delete: async (id) => {
      await request({ method: "DELETE", path: `${path}/${id}`, schema: noContent });
    },
    test: async (id) =>
      (await request({ method: "POST", path: `${path}/${id}/test`, schema: WebhookLog })).data,
    listLogs: async (webhookId) => {
      const query = { webhook: webhookId };
      const logs = z.array(WebhookLog);
      return (await request({ path: logPath, query, wholeList: true, schema: logs })).data;
    },
    getLog: async (id) => (await request({ path: `${logPath}/${id}`, schema: WebhookLog })).data,
    resendLog: async (id) =>
      (await request({ method: "POST", path: `${logPath}/${id}/resend`, schema: WebhookLog })).data,
  };
}
