import type { Day, Timestamp } from "./project-tables.ts";

export type ItemKind = "epic" | "userstory" | "task" | "issue";

/** What epics, stories, tasks and issues have in common. */
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
  order: number;
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
  editions: number;
  version: number;
}

export interface HistoryEntry {
  id: string;
  kind: ItemKind;
  object: number;
  user: number;
  created_at: Timestamp;
  /** 1 change or comment, 2 creation. */
  type: 1 | 2;
  /** Field name to [before, after]; empty for a creation and for a comment alone. */
  diff: Record<string, [unknown, unknown]>;
  /** Labels of the ids in the diff at that time: table name to id to label. */
  values: Record<string, Record<string, string>>;
  comment: string;
  /** True when only the place on a board changed: stored, never listed. */
  is_hidden: boolean;
}
