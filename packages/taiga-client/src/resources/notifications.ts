import { z } from "zod";
import type { PageRequest } from "../pagination.ts";
import type { TaigaRequest } from "../taiga-request.ts";
import { act } from "./followers.ts";
import type { ChangesOf } from "./item-changes.ts";
import { flag, orNull, ProjectSummary, text } from "./schema-parts.ts";

/** Something that Taiga tells the user. */
export const Notification = z.object({
  id: z.int(),
  /** 1 assigned, 2 mentioned, 3 added as watcher, 4 added as member, 5 comment, 6 mentioned in a comment. */
  event_type: z.int(),
  /** `2026-11-20T06:10:20+0000`: unlike elsewhere in Taiga without milliseconds. */
  created: z.string(),
  /** When it was read; null for a new one. */
  read: orNull(z.string()),
  data: z.object({
    /** Who caused it. */
    user: orNull(z.object({ id: orNull(z.int()), username: text, name: text })),
    project: orNull(ProjectSummary),
    /** What it is about; null for a new membership. */
    obj: orNull(
      z.object({
        id: z.int(),
        ref: orNull(z.int()),
        subject: text,
        /** userstory, task, issue, epic or wikipage. */
        content_type: text,
      }),
    ),
  }),
});
export type Notification = z.output<typeof Notification>;

const NotificationList = z.object({ objects: z.array(Notification), total: z.int() });

/** How much the user hears of one project. */
export const NotifyPolicy = z.object({
  id: z.int(),
  project: z.int(),
  project_name: text,
  /** By mail: 1 what the user takes part in, 2 everything, 3 nothing. */
  notify_level: z.int(),
  /** In an open web page, with the same numbers. */
  live_notify_level: z.int(),
  /** In the list of notifications. */
  web_notify_level: flag,
});
export type NotifyPolicy = z.output<typeof NotifyPolicy>;

/** The asking user's own notifications, and how many of them there are to be. */
export interface Notifications {
  /** Newest first. `total` counts all of them, not only the page. */
  list(
    filter?: { onlyUnread?: boolean | undefined },
    page?: PageRequest,
  ): Promise<{ items: Notification[]; total: number }>;
  /**
   * Marks one as read. Taiga lets every user do so for anyone's notifications: pass only ids that
   * `list` returned.
   */
  markRead(id: number): Promise<void>;
  markAllRead(): Promise<void>;
  /** One policy a project. */
  listPolicies(): Promise<NotifyPolicy[]>;
  getPolicy(id: number): Promise<NotifyPolicy>;
  /** Changes only the given fields (PATCH). @throws {TaigaError} `invalid_request` for other levels. */
  updatePolicy(
    id: number,
    changes: ChangesOf<
      Pick<NotifyPolicy, "notify_level" | "live_notify_level" | "web_notify_level">
    >,
  ): Promise<NotifyPolicy>;
}

/** `/web-notifications` and `/notify-policies` */
export function createNotifications(request: TaigaRequest): Notifications {
  const path = "/web-notifications";
  const policies = "/notify-policies";
  return {
    list: async ({ onlyUnread = false } = {}, { page, pageSize } = {}) => {
      // Any value of `only_unread` filters, `false` too.
      const query = { only_unread: onlyUnread ? true : undefined, page, page_size: pageSize };
      const { data } = await request({ path, query, schema: NotificationList });
      return { items: data.objects, total: data.total };
    },
    markRead: async (id) => {
      const readPath = `${path}/${id}/set-as-read`;
      await request({ method: "PATCH", path: readPath, schema: z.object({}).optional() });
    },
    markAllRead: () => act(request, `${path}/set-as-read`),
    listPolicies: async () =>
      (await request({ path: policies, wholeList: true, schema: z.array(NotifyPolicy) })).data,
    getPolicy: async (id) =>
      (await request({ path: `${policies}/${id}`, schema: NotifyPolicy })).data,
    updatePolicy: async (id, changes) => {
      const policyPath = `${policies}/${id}`;
      const call = { method: "PATCH", path: policyPath, body: changes } as const;
      return (await request({ ...call, schema: NotifyPolicy })).data;
    },
  };
}
