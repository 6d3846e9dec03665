import type { ItemKind } from "./work-tables.ts";

/** ISO 8601 in UTC with milliseconds, as Taiga writes it. */
export type Timestamp = string;
/** `YYYY-MM-DD`. */
export type Day = string;

export interface User {
  id: number;
  username: string;
  full_name: string;
  email: string;
  /** Plain text: the demonstration passwords are public, and only this machine is served. */
  password: string;
  color: string;
  bio: string;
  lang: string;
  theme: string;
  timezone: string;
  uuid: string;
  date_joined: Timestamp;
  is_active: boolean;
  is_superuser: boolean;
}

/** An external application that the administrator has registered; there is no API for that. */
export interface Application {
  /** A UUID. */
  id: string;
  name: string;
  web: string;
  description: string;
  icon_url: string;
  /** The only address to which browsers are redirected. */
  next_url: string;
}

/** A user's consent to an application; one row per pair. */
export interface ApplicationToken {
  id: number;
  user: number;
  application: string;
  auth_code: string;
  /** Null until the code was exchanged for it. */
  token: string | null;
  /** The `state` of the request for the last code. */
  state: string | null;
}

export interface Project {
  id: number;
  name: string;
  slug: string;
  description: string;
  owner: number;
  created_date: Timestamp;
  modified_date: Timestamp;
  creation_template: 1 | 2;
  is_private: boolean;
  is_epics_activated: boolean;
  is_backlog_activated: boolean;
  is_kanban_activated: boolean;
  is_wiki_activated: boolean;
  is_issues_activated: boolean;
  total_milestones: number | null;
  total_story_points: number | null;
  tags: string[];
  tags_colors: Record<string, string | null>;
  anon_permissions: string[];
  public_permissions: string[];
  blocked_code: string | null;
  archived_code: string | null;
  is_contact_activated: boolean;
  is_looking_for_people: boolean;
  looking_for_people_note: string;
  /** The program for calls, and its room. */
  videoconferences: string | null;
  videoconferences_extra_data: string | null;
  /** The address of the picture; its small copies have more behind it. */
  logo: string | null;
  /** The secrets of the addresses that serve reports; null while there is none. */
  csv_uuids: Record<ReportKind, string | null>;
  /** The secret of an offered or requested change of owner, with the receiver. */
  transfer: { token: string; user: number } | null;
  /** The settings of code hosts, by name. */
  modules: Record<string, Record<string, unknown>>;
  defaults: ProjectDefaults;
  /** The last assigned #number; one sequence for epics, stories, tasks and issues. */
  last_ref: number;
}

/** The kinds of items that have a CSV report, as paths name them. */
export type ReportKind = "epics" | "userstories" | "tasks" | "issues";

interface ProjectDefaults {
  epic_status: number;
  us_status: number;
  task_status: number;
  issue_status: number;
  issue_type: number;
  points: number;
  priority: number;
  severity: number;
  swimlane: number | null;
}

export interface Role {
  id: number;
  project: number;
  name: string;
  slug: string;
  order: number;
  computable: boolean;
  /** Null, which Taiga accepts, grants nothing. */
  permissions: string[] | null;
}

export interface Membership {
  id: number;
  project: number;
  user: number;
  role: number;
  is_admin: boolean;
  created_at: Timestamp;
  invited_by: number | null;
  user_order: number;
}

/** A membership of somebody without an account; its ids are of the same sequence as memberships'. */
export interface Invitation {
  id: number;
  project: number;
  role: number;
  email: string;
  /** The secret in the e-mailed link. */
  token: string;
  is_admin: boolean;
  created_at: Timestamp;
  invited_by: number;
  invitation_extra_text: string | null;
  user_order: number;
}

/** How much a user wants to hear about a project. */
export interface NotifyPolicy {
  id: number;
  project: number;
  user: number;
  /** 1 what concerns them, 2 everything, 3 nothing. */
  notify_level: number;
  live_notify_level: number;
  web_notify_level: boolean;
}

/** One row for each user who likes a project. */
export interface Fan {
  project: number;
  user: number;
  created_date: Timestamp;
}

interface NamedValue {
  id: number;
  project: number;
  name: string;
  order: number;
}

/** Also an issue type, a priority or a severity: a name with a colour. */
export interface ColoredValue extends NamedValue {
  color: string;
}

export interface Status extends ColoredValue {
  slug: string;
  is_closed: boolean;
}

export interface StoryStatus extends Status {
  is_archived: boolean;
  wip_limit: number | null;
}

export interface Points extends NamedValue {
  value: number | null;
}

export interface DueDate extends ColoredValue {
  by_default: boolean;
  days_to_due: number | null;
}

export interface Swimlane extends NamedValue {
  /** One row per story status: the cell's own work-in-progress limit. */
  statuses: { id: number; status: number; wip_limit: number | null }[];
}

export interface CustomAttribute extends NamedValue {
  kind: ItemKind;
  description: string;
  type: string;
  /** The options of a dropdown; Taiga stores whatever JSON was sent. */
  extra: unknown;
  created_date: Timestamp;
  modified_date: Timestamp;
}

/** The values of one item's custom fields; the row appears with the first write. */
export interface CustomAttributeValues {
  kind: ItemKind;
  object: number;
  attributes_values: Record<string, unknown>;
  version: number;
}
