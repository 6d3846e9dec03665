import type { Context } from "../model/context.ts";
import { allocateId, mustFind } from "../model/rows.ts";

/** Seconds and a numeric zone, as in taiga-back's JSON columns. */
export const toStamp = (date: Date): string => `${date.toISOString().slice(0, 19)}+0000`;

/** What has happened, by taiga-back's number. */
const EVENTS = {
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
