import { toUsername } from "../projects/people.ts";
import { type Project, type ProjectDirectory } from "../projects/project-directory.ts";
import { toCleanText, toOneLine } from "../text/clean.ts";
import {
  assigneeIds,
  isOverdue,
  toChoiceName,
  toFinished,
  toSprintName,
  toStoryCount,
  toSwimlaneName,
} from "./item-words.ts";
import { type PageKind, TAIGA_WORDS, WIKI_WORDS } from "../kinds.ts";
import { type Row } from "./rows.ts";
import { type ItemRow } from "./taiga-items.ts";
import { toSeenVersion } from "./version.ts";

/** The fields of an item that an answer can show besides ref, kind and subject. */
export const ITEM_FIELDS = [
  "status",
  "assigned_to",
  "sprint",
  "points",
  "tags",
  "due_date",
  "blocked",
  "parent",
  "epics",
  "type",
  "severity",
  "priority",
  "stories",
  "swimlane",
  "closed",
  "version",
  "created",
  "modified",
  "finished",
  "owner",
  "comment_count",
  "url",
] as const;
export type ItemField = (typeof ITEM_FIELDS)[number];

/** Whether a name is one of `ITEM_FIELDS`. */
export const isItemField = (name: string): name is ItemField =>
  (ITEM_FIELDS as readonly string[]).includes(name);

/** The fields that most questions need. */
export const DEFAULT_FIELDS: readonly ItemField[] = ITEM_FIELDS.slice(0, 13);

/** An item with names instead of ids, without its empty fields. Dates as in Taiga, in UTC. */
export type ItemSummary = {
  /** `#42`, or `slug#42` when the answer covers several projects; `wiki:page`. */
  ref: string;
  kind: PageKind;
  subject: string;
  status?: string;
  /** Usernames, the main assignee first. */
  assigned_to?: string[];
  sprint?: string;
  /** The sum over all roles. */
  points?: number;
  tags?: string[];
  due_date?: string;
  overdue?: true;
  /** The reason, if one was given. */
  blocked?: string;
  /** The story of a task. */
  parent?: string;
  epics?: string[];
  /** The type of an issue. */
  type?: string;
  severity?: string;
  priority?: string;
  /**
   * How many stories an epic has, and the percentage done: `8, 62% done`. Omitted if the grant is
   * limited, because Taiga counts the stories of all projects.
   */
  stories?: string;
  swimlane?: string;
  closed?: true;
  version?: string;
  created?: string;
  modified?: string;
  /** The person who last saved a wiki page. */
  modified_by?: string;
  finished?: string;
  owner?: string;
  comment_count?: number;
  url?: string;
};

export interface SummaryContext {
  /** Omitted for rows of several projects that are shown without metadata. */
  project?: Project | undefined;
  /** The user, whose name can be shown without project metadata. */
  me?: { id: number; username: string } | undefined;
  /** Which projects the grant covers: items link to others of any project. */
  projects: Pick<ProjectDirectory, "covers" | "isLimited">;
  /** Whether refs name their project. */
  qualified: boolean;
  taigaWebUrl: string;
  /** `YYYY-MM-DD` */
  today: string;
}

/** Summarises a row of Taiga, with names instead of ids. */
export function toSummary(
  row: Row,
  fields: readonly ItemField[],
  context: SummaryContext,
): ItemSummary {
  if (row.kind === "wiki") return toPageSummary(row, fields, context);
  const ref = (number: number) => toRef(row, number, context);
  const all: Record<ItemField, Partial<ItemSummary>> = {
    status: given("status", oneLine(row.status_extra_info?.name)),
    assigned_to: given("assigned_to", filled(toAssignees(row, context))),
    sprint: given("sprint", toSprintName(row, context.project)),
    points: given("points", row.kind === "story" ? row.total_points : null),
    tags: given("tags", filled(row.tags.map(([tag]) => toOneLine(tag)))),
    due_date: {
      ...given("due_date", row.due_date),
      ...(isOverdue(row, context.today) && { overdue: true as const }),
    },
    blocked: row.is_blocked ? { blocked: toCleanText(row.blocked_note) || "blocked" } : {},
    parent: given(
      "parent",
      row.kind === "task" && row.user_story_extra_info !== null
        ? ref(row.user_story_extra_info.ref)
        : null,
    ),
    epics: given("epics", filled(row.kind === "story" ? toEpicRefs(row, context) : [])),
    type: given("type", toChoiceName(row, "type", context.project)),
    severity: given("severity", toChoiceName(row, "severity", context.project)),
    priority: given("priority", toChoiceName(row, "priority", context.project)),
    stories: given(
      "stories",
      row.kind === "epic" && !context.projects.isLimited ? toStoryCount(row) : null,
    ),
    swimlane: given("swimlane", toSwimlaneName(row, context.project)),
    closed: row.is_closed ? { closed: true } : {},
    version: fields.includes("version") ? { version: toSeenVersion(row) } : {},
    created: { created: row.created_date },
    modified: { modified: row.modified_date },
    finished: given("finished", toFinished(row)),
    owner: given("owner", oneLine(row.owner_extra_info?.username)),
    comment_count: given("comment_count", row.total_comments || null),
    url: given("url", toUrl(row, context)),
  };
  return {
    ref: ref(row.ref),
    kind: row.kind,
    subject: toOneLine(row.subject),
    ...Object.assign({}, ...fields.map((field) => all[field])),
  };
}

function toPageSummary(
  row: Row & { kind: "wiki" },
  fields: readonly ItemField[],
  context: SummaryContext,
): ItemSummary {
  const { project, qualified, taigaWebUrl } = context;
  const slug = slugOf(row, project);
  const author = row.last_modifier ?? row.owner;
  const all: Partial<Record<ItemField, Partial<ItemSummary>>> = {
    version: { version: String(row.version) },
    created: { created: row.created_date },
    url: given("url", slug && `${taigaWebUrl}/project/${slug}/${WIKI_WORDS.page}/${row.slug}`),
  };
  return {
    ref: `${qualified && slug !== undefined ? `${slug}#` : ""}wiki:${row.slug}`,
    kind: "wiki",
    subject: toOneLine(row.slug.replaceAll("-", " ")),
    modified: row.modified_date,
    ...(author !== null && { modified_by: toUsername(project, author) }),
    ...Object.assign({}, ...fields.map((field) => all[field])),
  };
}

/**
 * The epics of a story, each with the slug of its own project where that is another one. An epic
 * whose project is unknown or not covered by the grant is left out.
 */
function toEpicRefs(row: ItemRow & { kind: "story" }, context: SummaryContext): string[] {
  return row.epics.flatMap(({ ref, project }) => {
    if (project === undefined) return context.projects.isLimited ? [] : [toRef(row, ref, context)];
    if (!context.projects.covers(project.id)) return [];
    return [project.id === row.project ? toRef(row, ref, context) : `${project.slug}#${ref}`];
  });
}

function toAssignees(row: ItemRow, { project, me }: SummaryContext): string[] {
  const known = [row.assigned_to_extra_info, me];
  return assigneeIds(row).map(
    (id) => oneLine(known.find((person) => person?.id === id)?.username) ?? toUsername(project, id),
  );
}

const slugOf = (row: Row, project: Project | undefined): string | undefined =>
  project?.slug ?? row.project_extra_info?.slug;

function toRef(row: ItemRow, number: number, { qualified, project }: SummaryContext): string {
  const slug = qualified ? slugOf(row, project) : undefined;
  return `${slug ?? ""}#${number}`;
}

/** The address of the item in Taiga's web client. */
function toUrl(
  row: ItemRow,
  { project, taigaWebUrl }: Pick<SummaryContext, "project" | "taigaWebUrl">,
): string | undefined {
  const slug = slugOf(row, project);
  return slug === undefined
    ? undefined
    : `${taigaWebUrl}/project/${slug}/${TAIGA_WORDS[row.kind].page}/${row.ref}`;
}

function given<Name extends ItemField>(
  name: Name,
  value: ItemSummary[Name] | null,
): Partial<ItemSummary> {
  return value === undefined || value === null ? {} : { [name]: value };
}

const oneLine = (name: string | undefined): string | undefined =>
  name === undefined ? undefined : toOneLine(name);

const filled = (list: string[]): string[] | undefined => (list.length > 0 ? list : undefined);
