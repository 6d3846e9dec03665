import { type ItemSummary } from "./summary.ts";
import { toOneLine } from "../text/clean.ts";

/**
 * An item on one line, such as
 * `#42 story Ring the bell | In progress | @ann | Sprint 5 | 3 pt | due 2026-11-25 OVERDUE | tags ui`.
 */
export function toItemLine(item: ItemSummary): string {
  const { assigned_to, sprint, points, tags, due_date, blocked, parent, epics } = item;
  const parts = [
    `${item.ref} ${item.kind} ${item.subject}`,
    item.type,
    item.status,
    item.closed && "closed",
    assigned_to?.map((username) => `@${username}`).join(" "),
    sprint,
    points !== undefined && `${points} pt`,
    due_date !== undefined && `due ${due_date}${item.overdue ? " OVERDUE" : ""}`,
    item.due_date_reason !== undefined && `due because: ${item.due_date_reason}`,
    tags !== undefined && `tags ${tags.join(", ")}`,
    blocked !== undefined && `BLOCKED${blocked === "blocked" ? "" : `: ${toOneLine(blocked)}`}`,
    parent !== undefined && `of ${parent}`,
    item.severity !== undefined && `severity ${item.severity}`,
    item.priority !== undefined && `priority ${item.priority}`,
    item.stories !== undefined && `stories ${item.stories}`,
    epics !== undefined && `epic ${epics.join(" ")}`,
    item.swimlane !== undefined && `lane ${item.swimlane}`,
    item.owner !== undefined && `by ${item.owner}`,
    item.created !== undefined && `created ${toMinute(item.created)}`,
    item.modified !== undefined &&
      `modified ${toMinute(item.modified)}${item.modified_by === undefined ? "" : ` by @${item.modified_by}`}`,
    item.finished !== undefined && `finished ${toMinute(item.finished)}`,
    item.comment_count !== undefined && `comments ${item.comment_count}`,
    item.votes !== undefined && `votes ${item.votes}`,
    item.client_requirement && "client requirement",
    item.team_requirement && "team requirement",
    item.iocaine && "iocaine",
    item.external_reference !== undefined && `external ${item.external_reference}`,
    item.promoted_from !== undefined && `promoted from ${item.promoted_from}`,
    item.version !== undefined && `v${item.version}`,
    item.url,
  ];
  return parts.filter((part) => typeof part === "string" && part !== "").join(" | ");
}

/** `2026-11-25T10:00:21.461Z` → `2026-11-25 10:00`, in UTC like all of Taiga's times. */
export const toMinute = (timestamp: string): string => timestamp.slice(0, 16).replace("T", " ");
