import type { Request } from "express";
import { group, queryText, toId, type Endpoint, type Handler } from "../http/endpoint.ts";
import { toPage } from "../http/pagination.ts";
import type { Context } from "../model/context.ts";
import { notAuthenticated, notFound } from "../model/errors.ts";
import { findById, mustFind } from "../model/rows.ts";
import type { State, WebNotification } from "../model/state.ts";
import { toStamp } from "../history/notices.ts";
import { toUserExtraInfo } from "../projects/user-views.ts";

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
