import { type TimelineEntry } from "@taiga-mcp/taiga-client";
import { isSame, toFieldName } from "../items/history-fields.ts";
import { toOneLine } from "../text/clean.ts";
import { toMinute } from "../items/item-line.ts";
import { ownProperty } from "../text/own-property.ts";

/** One event of a timeline, in the words of Taiga's user interface. */
export type ActivityEntry = {
  /** ISO 8601, UTC. */
  at: string;
  /** Username of the person who did it; Taiga does not say who removed a member. */
  by?: string;
  /** `changed story`, `deleted wiki page`, `member joined` */
  what: string;
  /** The person who joined or left. */
  member?: string;
  /** `#42` or `wiki:page`; `slug#42` when the answer covers several projects. */
  ref?: string;
  subject?: string;
  changes?: string[];
  comment?: string;
};

type Data = TimelineEntry["data"];

/** Taiga's object type in an event's name → our noun, and where the entry holds the object. */
const OBJECTS: Record<string, { noun: string; of: (data: Data) => Subject }> = {
  epic: { noun: "epic", of: ({ epic }) => toItem(epic) },
  userstory: { noun: "story", of: ({ userstory }) => toItem(userstory) },
  task: { noun: "task", of: ({ task }) => toItem(task) },
  issue: { noun: "issue", of: ({ issue }) => toItem(issue) },
  milestone: { noun: "sprint", of: ({ milestone }) => ({ subject: milestone?.name }) },
  wikipage: { noun: "wiki page", of: ({ wikipage }) => toPage(wikipage?.slug) },
  project: { noun: "project", of: ({ project }) => ({ subject: project?.name }) },
  relateduserstory: { noun: "epic's story", of: () => ({}) },
};

interface Subject {
  ref?: string;
  subject?: string | undefined;
}

const toItem = (item: { ref: number | null; subject: string } | null): Subject =>
  item === null || item.ref === null ? {} : { ref: `#${item.ref}`, subject: item.subject };

const toPage = (slug: string | undefined): Subject =>
  slug === undefined ? {} : { ref: `wiki:${slug}` };

const ACTIONS: Record<string, string> = { create: "created", change: "changed", delete: "deleted" };

/**
 * Describes a timeline event.
 *
 * @param qualified whether refs name their project.
 * @param linked the story of an epic's event, if the grant covers it.
 * @returns `undefined` for changes that the user interface does not show, such as a new position
 *   in a list.
 */
export function toActivityEntry(
  { data, created, event_type: type }: TimelineEntry,
  { qualified, linked }: { qualified: boolean; linked?: LinkedStory | undefined },
): ActivityEntry | undefined {
  const [, object = "", action = ""] = type.split(".");
  const changes = toChanges(data.values_diff);
  const comment = data.comment_deleted ? "" : toOneLine(data.comment);
  if (action === "change" && changes.length === 0 && comment === "") return undefined;
  if (object === "membership") return toMembership(created, action, data, qualified);
  const { noun, of } = ownProperty(OBJECTS, object) ?? { noun: object, of: (): Subject => ({}) };
  const isLink = object === "relateduserstory";
  const { ref, subject } = isLink ? toLinked(data, linked, qualified) : of(data);
  const isComment = action === "change" && changes.length === 0;
  const verb = isComment ? "commented on" : (ownProperty(ACTIONS, action) ?? action);
  const slug = qualified ? (data.project?.slug ?? "") : "";
  return {
    at: created,
    by: toOneLine(data.user?.username || (data.user?.name ?? "unknown")),
    what: isLink ? toLinkText(action, data) : `${verb} ${noun}`,
    ...(ref !== undefined && { ref: isLink ? ref : toQualified(slug, ref) }),
    ...(subject !== undefined && { subject: toOneLine(subject) }),
    ...(action === "change" && changes.length > 0 && { changes }),
    ...(comment !== "" && { comment }),
  };
}

/** Taiga names the member as the user of the event, whoever added or removed them. */
function toMembership(
  created: string,
  action: string,
  { user, role, project }: Data,
  qualified: boolean,
): ActivityEntry {
  const where = qualified && project !== null ? project.slug : "the project";
  return {
    at: created,
    what: action === "delete" ? `left ${where} or was removed from it` : `joined ${where}`,
    member: toOneLine(user?.username || (user?.name ?? "unknown")),
    ...(role !== null && { subject: `(${toOneLine(role.name)})` }),
  };
}

/** The story that an epic's event is about: it may be in another project than the epic. */
export interface LinkedStory {
  project: number;
  slug: string | undefined;
}

/** An uncovered or deleted story is not named: its event says nothing of its project. */
function toLinked(
  { userstory, project }: Data,
  linked: LinkedStory | undefined,
  qualified: boolean,
): Subject {
  if (linked === undefined || userstory === null) return {};
  const { ref, subject } = toItem(userstory);
  const isElsewhere = qualified || linked.project !== project?.id;
  return {
    ...(ref !== undefined && { ref: `${isElsewhere ? (linked.slug ?? "") : ""}${ref}` }),
    subject,
  };
}

/** A story was put into an epic, or taken out of it. */
const toLinkText = (action: string, { epic }: Data): string =>
  `${action === "delete" ? "removed from" : "added to"} epic #${epic?.ref ?? "?"}: story`;

const toQualified = (slug: string, ref: string): string =>
  slug === "" || ref.startsWith("#") ? `${slug}${ref}` : `${slug}#${ref}`;

const MAX_VALUE_LENGTH = 100;

/** Timelines hold names instead of ids: `[before, after]`, or a map of such pairs. */
function toChanges(diff: Record<string, unknown>): string[] {
  return Object.entries(diff).flatMap(([key, change]) => {
    const field = toFieldName(key.replace(/_diff$/, ""));
    if (field === undefined) return [];
    // For long texts Taiga sends only an HTML diff, without the old and the new text.
    if (key.endsWith("_diff")) return [field];
    if (Array.isArray(change) && isSame(change[0], change[1])) return [];
    if (Array.isArray(change)) return [`${field}: ${toPair(change)}`];
    return [`${field}: ${toMapText(change)}`];
  });
}

const toPair = ([before, after]: readonly unknown[]): string =>
  `${toValue(before)} → ${toValue(after)}`;

/** Points are a map by role; custom fields and attachments are lists: new, changed and deleted. */
function toMapText(change: unknown): string {
  if (typeof change !== "object" || change === null) return toValue(change);
  return Object.entries(change)
    .flatMap(([key, value]: [string, unknown]) => {
      if (!Array.isArray(value)) return [];
      if (!["new", "changed", "deleted"].includes(key))
        return [`${toOneLine(key)} ${toPair(value)}`];
      return value.map((one) => toPartText(key, one));
    })
    .join(", ");
}

function toPartText(action: string, part: unknown): string {
  const { name, filename, value, changes } = toRecord(part);
  // `value_diff` marks the difference of a text as HTML.
  const pair = toRecord(changes)["value"];
  const title = toValue(name ?? filename);
  if (Array.isArray(pair)) return `${title} ${toPair(pair)}`;
  return value === undefined ? `${title} ${action}` : `${title} ${action} ${toValue(value)}`;
}

const toRecord = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};

function toValue(value: unknown): string {
  if (value === null || value === undefined || value === "") return "–";
  if (Array.isArray(value)) return value.map(toValue).join(", ") || "–";
  if (typeof value === "boolean") return value ? "yes" : "no";
  const text = toOneLine(typeof value === "string" ? value : JSON.stringify(value));
  return text.length <= MAX_VALUE_LENGTH ? text : `${text.slice(0, MAX_VALUE_LENGTH)}…`;
}

const MAX_COMMENT_LENGTH = 300;

/** `2026-11-20 10:31 @ann changed story #42 Ring the bell | status: New → Done | "comment"` */
export function toActivityText(entry: ActivityEntry) {
  const { at, by, member, what, ref, subject, changes, comment } = entry;
  const person = by ?? member;
  const head = [toMinute(at), person && `@${person}`, what, ref, subject].filter(
    (part) => part !== undefined,
  );
  const quoted =
    comment === undefined || comment.length <= MAX_COMMENT_LENGTH
      ? comment
      : `${comment.slice(0, MAX_COMMENT_LENGTH)}…`;
  return [
    head.join(" "),
    ...(changes ?? []),
    ...(quoted === undefined ? [] : [`"${quoted}"`]),
  ].join(" | ");
}
