import { z } from "zod";
import {
  date,
  flag,
  listOf,
  orNull,
  ProjectSummary,
  StatusSummary,
  Tag,
  text,
  timestamp,
  UserSummary,
} from "./schema-parts.ts";

/** What items of every kind have in lists. */
export const itemRowFields = {
  id: z.int(),
  /** The #number people read. */
  ref: z.int(),
  /** Counts the edits; an update sends the one it is based on. */
  version: z.int(),
  subject: z.string(),
  project: z.int(),
  project_extra_info: orNull(ProjectSummary),
  status: orNull(z.int()),
  status_extra_info: orNull(StatusSummary),
  owner: orNull(z.int()),
  owner_extra_info: orNull(UserSummary),
  assigned_to: orNull(z.int()),
  assigned_to_extra_info: orNull(UserSummary),
  tags: listOf(Tag),
  is_closed: z.boolean(),
  is_blocked: flag,
  blocked_note: text,
  created_date: timestamp,
  modified_date: timestamp,
  watchers: listOf(z.int()),
  is_watcher: flag,
  total_watchers: orNull(z.int()),
  is_voter: flag,
  total_voters: orNull(z.int()),
};

/** What stories, tasks and issues also have in lists, and epics do not. */
export const plannedRowFields = {
  milestone: orNull(z.int()),
  due_date: orNull(date),
  due_date_reason: text,
  /** not_set, set, due_soon, past_due or no_longer_applicable. */
  due_date_status: orNull(z.string()),
  external_reference: listOf(z.string()),
};

/** What only the single item has; lists leave it out. */
export const itemDetailFields = { description: text };
