import type { Day, Timestamp } from "./project-tables.ts";

export type ItemKind = "epic" | "userstory" | "task" | "issue";

/** An object with a version, a history, watchers and attachments. */
export type ObjectKind = ItemKind | "wiki";

/** Columns that epics, stories, tasks and issues share. */
export interface Item {
  id: number;
  ref: number;
  project: number;
  subject: string;
  description: string;
  status: number;
  owner: number;
  assigned_to: number | null;
  tags: string[];
  watchers: number[];
  version: number;
  is_blocked: boolean;
  blocked_note: string;
  external_reference: string[] | null;
  created_date: Timestamp;
  modified_date: Timestamp;
}

interface Due {
  due_date: Day | null;
  due_date_reason: string;
}

export interface UserStory extends Item, Due {
  milestone: number | null;
  swimlane: number | null;
  /** Role id to points id; every computable role has an entry. */
  points: Record<string, number>;
  assigned_users: number[];
  backlog_order: number;
  sprint_order: number;
  kanban_order: number;
  is_closed: boolean;
  finish_date: Timestamp | null;
  client_requirement: boolean;
  team_requirement: boolean;
  /** The issue it was promoted from; null when that issue was deleted. */
  generated_from_issue: number | null;
  /** The number and the subject of the task it was promoted from, such as `Task #6 Wash`. */
  from_task_ref: string | null;
}

export interface Task extends Item, Due {
  user_story: number | null;
  milestone: number | null;
  us_order: number;
  taskboard_order: number;
  is_iocaine: boolean;
  finished_date: Timestamp | null;
}

export interface Issue extends Item, Due {
  type: number;
  severity: number;
  priority: number;
  milestone: number | null;
  finished_date: Timestamp | null;
}

export interface Epic extends Item {
  color: string;
  epics_order: number;
  client_requirement: boolean;
  team_requirement: boolean;
}

export interface RelatedStory {
  id: number;
  epic: number;
  user_story: number;
  order: number;
}

export interface Milestone {
  id: number;
  project: number;
  name: string;
  slug: string;
  owner: number;
  estimated_start: Day;
  estimated_finish: Day;
  created_date: Timestamp;
  modified_date: Timestamp;
  closed: boolean;
  /** How much time the team has; Taiga only stores it. */
  disponibility: number;
  order: number;
  watchers: number[];
}

export interface WikiPage {
  id: number;
  project: number;
  slug: string;
  content: string;
  owner: number;
  last_modifier: number;
  created_date: Timestamp;
  modified_date: Timestamp;
  version: number;
  watchers: number[];
}

export interface WikiLink {
  id: number;
  project: number;
  title: string;
  /** The slug of the page. */
  href: string;
  order: number;
}

/** One row for each user and item. */
export interface Vote {
  kind: ItemKind;
  object: number;
  user: number;
}

export interface Attachment {
  id: number;
  kind: ObjectKind;
  object: number;
  owner: number;
  name: string;
  /** Its path under `/media`; the folder names cannot be guessed. */
  attached_file: string;
  /** In bytes. */
  size: number;
  /** Hexadecimal. */
  sha1: string;
  media_type: string;
  description: string;
  is_deprecated: boolean;
  from_comment: boolean;
  order: number;
  created_date: Timestamp;
  modified_date: Timestamp;
}

export interface HistoryEntry {
  id: string;
  kind: ObjectKind;
  object: number;
  user: number;
  created_at: Timestamp;
  /** 1 change or comment, 2 creation. */
  type: 1 | 2;
  /** Field name to [before, after]; empty for a creation and for a pure comment. */
  diff: Record<string, [unknown, unknown]>;
  /** Labels of the ids in the diff at that time: table name to id to label. */
  values: Record<string, Record<string, string>>;
  comment: string;
  edit_comment_date: Timestamp | null;
  /** The comment's text before each edit, oldest first, with the editor. */
  comment_versions: { date: Timestamp; comment: string; user: number }[];
  delete_comment_date: Timestamp | null;
  delete_comment_user: { pk: number; name: string } | null;
  /** True when only the board position changed: stored, never listed. */
  is_hidden: boolean;
}

export type TimelineKind = ObjectKind | "milestone" | "relateduserstory" | "project" | "membership";

/** An event as it was at that time: later renames do not change it. */
export interface TimelineEvent {
  /** The id in the project's timeline; the users' rows have the ids after it. */
  id: number;
  kind: TimelineKind;
  action: "create" | "change" | "delete";
  project: number;
  /** The user who did it. */
  user: number;
  /** The ids of the users it concerns. */
  people: number[];
  created: Timestamp;
  /** The object under its own name, and its parents. */
  about: Record<string, unknown>;
  /** Missing for memberships. */
  change: TimelineChange | null;
}

export interface TimelineChange {
  comment: string;
  values_diff: Record<string, unknown>;
  comment_edited: boolean;
  comment_deleted: boolean;
}
