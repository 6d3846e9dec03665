import type { Request } from "express";
import { group, queryText, toId, type Endpoint, type Handler } from "../http/endpoint.ts";
import { toPage } from "../http/pagination.ts";
import type { Context } from "../model/context.ts";
import { notAuthenticated, notFound } from "../model/errors.ts";
import { allocateId, findById, mustFind } from "../model/rows.ts";
import type { State, WebNotification } from "../model/state.ts";
import { toUserExtraInfo } from "../projects/user-views.ts";

/** Seconds and a numeric zone, as in taiga-back's JSON columns. */
const toStamp = (date: Date): string => `${date.toISOString().slice(0, 19)}+0000`;

/** `/web-notifications`: what the bell in Taiga's own pages shows. */
export function notificationRoutes({ state, clock }: Context): Record<string, Endpoint> {
  return group("WebNotification", {
    "/web-notifications": {
      GET: (req, actor) => {
        if (actor === null) throw notAuthenticated();
        const own = state.webNotifications.filter((row) => row.user === actor.id).toReversed();
        // Any value filters, even `false`.
        const onlyUnread = queryText(req, "only_unread") !== undefined;
        const rows = onlyUnread ? own.filter((row) => row.read === null) : own;
        return toAnswer(state, req, rows);
      },
    },
    "/web-notifications/set-as-read": {
      POST: (_req, actor, res) => {
        if (actor === null) throw new Error("Taiga fails with a 500 without a login here.");
        const read = toStamp(clock());
        for (const row of state.webNotifications) {
          if (row.user === actor.id) row.read ??= read;
        }
        res.end();
      },
    },
    "/web-notifications/:id/set-as-read": {
      PATCH: markRead(state, clock),
    },
  });
}

/** As in Taiga, anyone who is logged in may mark any notification. */
const markRead =
  (state: State, clock: () => Date): Handler =>
  (req, actor) => {
    if (actor === null) throw notAuthenticated();
    const row = findById(state.webNotifications, toId(req.params["id"]));
    if (row === undefined) throw notFound();
    row.read ??= toStamp(clock());
    return {};
  };

/** A page within an object that has the total; without pagination a bare list. */
function toAnswer(state: State, req: Request, rows: readonly WebNotification[]): unknown {
  const objects = toPage(req, rows, (row) => ({
    id: row.id,
    event_type: row.event_type,
    user: row.user,
    data: { ...row.data, user: toActor(state, row.author) },
    created: row.created,
    read: row.read,
  }));
  if (req.get("x-disable-pagination") !== undefined) return objects;
  return { objects, total: rows.length };
}

function toActor(state: State, id: number) {
  const { username, full_name_display, gravatar_id } = toUserExtraInfo(state, id)!;
  return {
    id,
    name: full_name_display,
    photo: null,
    username,
    big_photo: null,
    date_joined: toStamp(new Date(mustFind(state.users, id).date_joined)),
    gravatar_id,
    is_profile_visible: true,
  };
}

/** What has happened, by taiga-back's number. */
export const EVENTS = {
  assigned: 1,
  mentioned: 2,
  addedAsWatcher: 3,
  addedAsMember: 4,
  comment: 5,
  mentionedInComment: 6,
} as const;

/** Tells users about an object; the author does not hear of their own actions. */
export function notify(
  { state, clock }: Context,
  event: keyof typeof EVENTS,
  people: Iterable<number>,
  about: { author: number; project: number; obj: Record<string, unknown> | undefined },
): void {
  const { id, name, slug } = mustFind(state.projects, about.project);
  for (const user of new Set(people)) {
    const policy = state.notifyPolicies.find((row) => row.project === id && row.user === user);
    if (user === about.author || policy?.web_notify_level === false) continue;
    state.webNotifications.push({
      id: allocateId(state, "webNotifications"),
      event_type: EVENTS[event],
      user,
      author: about.author,
      data: { ...(about.obj && { obj: about.obj }), project: { id, name, slug } },
      created: toStamp(clock()),
      read: null,
    });
  }
}
