import type { Notification, TaigaClient } from "@taiga-mcp/taiga-client";
import { ToolError } from "../errors.ts";
import { KIND_OF_TYPE } from "../kinds.ts";
import { toMinute } from "../items/item-line.ts";
import type { ProjectDirectory } from "../projects/project-directory.ts";
import { mapConcurrent } from "../schema/map-concurrent.ts";
import { isSameName } from "../schema/names.ts";
import { countFitting, MAX_ANSWER_BYTES } from "../text/cap.ts";
import { toOneLine } from "../text/clean.ts";
import { fence } from "../text/fence.ts";
import { quote } from "../text/quote.ts";

/** Taiga's `event_type`, in words that follow a person's name. */
const EVENTS: Readonly<Record<number, string>> = {
  1: "assigned you to",
  2: "mentioned you in",
  3: "made you watch",
  4: "added you to the project",
  5: "commented on",
  6: "mentioned you in a comment on",
};

export interface NotificationDeps {
  taiga: TaigaClient;
  projects: ProjectDirectory;
}

const PAGE_SIZE = 100;
/** Notifications that one call looks through to mark some as read. */
const MAX_LOOKED_THROUGH = 1_000;

export type NotificationRow = {
  at: string;
  /** Username, or a name without an account. */
  by: string;
  event: string;
  /** `slug#42`, `slug#wiki:page`, or the project's slug. */
  ref: string;
  subject?: string;
  unread?: true;
};

/** What a notification is about, as a reference that other tools take. */
function toRef({ data: { project, obj } }: Notification): string {
  const slug = toOneLine(project?.slug ?? "");
  if (obj === null) return slug;
  if (obj.ref !== null) return `${slug}#${obj.ref}`;
  return obj.content_type === "wikipage" ? `${slug}#wiki:${toOneLine(obj.subject)}` : slug;
}

function toRow(one: Notification): NotificationRow {
  const { user, obj } = one.data;
  const kind = KIND_OF_TYPE[obj?.content_type as keyof typeof KIND_OF_TYPE] as string | undefined;
  return {
    at: toMinute(one.created),
    by: toOneLine(user?.username || user?.name || "unknown"),
    event: [EVENTS[one.event_type] ?? "notified you of", kind].filter(Boolean).join(" "),
    ref: toRef(one),
    ...(obj !== null && obj.subject !== "" && { subject: toOneLine(obj.subject) }),
    ...(one.read === null && { unread: true as const }),
  };
}

const toLine = ({ at, by, event, ref, subject, unread }: NotificationRow): string =>
  `${unread ? "• " : ""}${at} @${by} ${event} ${ref}${subject === undefined ? "" : ` ${subject}`}`;

/** `/web-notifications`: the user's own, of the projects that the grant covers, the newest first. */
export async function listNotifications(
  { unread, page }: { unread: boolean; page: number },
  { taiga, projects }: NotificationDeps,
) {
  const { items, total } = await taiga.notifications.list(
    { onlyUnread: unread },
    { page, pageSize: PAGE_SIZE },
  );
  const rows = items.filter(isCovered(projects)).map(toRow);
  const shown = rows.slice(0, countFitting(rows.map(toLine), MAX_ANSWER_BYTES));
  const next = page * PAGE_SIZE < total ? page + 1 : undefined;
  const more = next === undefined ? "" : ` There are older ones: page ${next}.`;
  return {
    text: `${shown.length} ${unread ? "unread " : ""}notifications, the newest first; • is unread.${more}\n${fence(shown.map(toLine).join("\n"))}`,
    data: { notifications: shown, ...(next !== undefined && { next_page: next }) },
  };
}

/** Those of other projects do not exist for this connection. */
const isCovered =
  (projects: ProjectDirectory) =>
  ({ data }: Notification): boolean =>
    data.project === null ? !projects.isLimited : projects.covers(data.project.id);

/**
 * Marks notifications as read: all, or those about some things.
 * @param refs as `list_notifications` shows them.
 * @throws {ToolError} `not_found` for a reference without an unread notification.
 */
export async function markRead(
  { refs, dryRun }: { refs: readonly string[]; dryRun: boolean },
  { taiga, projects }: NotificationDeps,
) {
  const unread = (await listAllUnread(taiga.notifications)).filter(isCovered(projects));
  for (const [index, ref] of refs.entries()) {
    if (unread.some((one) => isSameName(toRef(one), ref))) continue;
    throw new ToolError(
      "not_found",
      `refs[${index}]: there is no unread notification about ${quote(ref)}. Use a reference as list_notifications shows it, such as slug#42.`,
    );
  }
  const isChosen = (one: Notification) =>
    refs.length === 0 || refs.some((ref) => isSameName(toRef(one), ref));
  const chosen = unread.filter(isChosen);
  if (!dryRun) {
    if (refs.length === 0 && !projects.isLimited) await taiga.notifications.markAllRead();
    else await mapConcurrent(chosen, ({ id }) => taiga.notifications.markRead(id));
  }
  const verb = dryRun ? "would be marked as read" : "marked as read";
  const data = { outcome: dryRun ? "would_be_read" : "read", count: chosen.length };
  return { text: `${chosen.length} notifications ${verb}.`, data };
}

async function listAllUnread(notifications: TaigaClient["notifications"]) {
  const found: Notification[] = [];
  for (let page = 1; found.length < MAX_LOOKED_THROUGH; page += 1) {
    const { items, total } = await notifications.list(
      { onlyUnread: true },
      { page, pageSize: PAGE_SIZE },
    );
    found.push(...items);
    if (items.length === 0 || found.length >= total) break;
  }
  return found;
}
