import { z } from "zod";

// Taiga's versions differ in what they send, and one version sends null for what is empty. Only
// what nothing can be done without is required; the rest reads as null, empty or a default.

/** Null when Taiga sends null or nothing. */
export const orNull = <Schema extends z.ZodType>(schema: Schema) =>
  schema.nullish().transform((value) => value ?? null);

/** Empty when Taiga sends null or nothing: so it writes empty collections. */
export const listOf = <Schema extends z.ZodType>(schema: Schema) =>
  z
    .array(schema)
    .nullish()
    .transform((list) => list ?? []);

/** Empty when Taiga sends null or nothing. */
export const text = z
  .string()
  .nullish()
  .transform((value) => value ?? "");

/** False when Taiga sends null or nothing. */
export const flag = z
  .boolean()
  .nullish()
  .transform((value) => value ?? false);

/** `YYYY-MM-DD`. */
export const date = z.string();

/** ISO 8601 in UTC, with milliseconds unless they are zero. */
export const timestamp = z.string();

/** `owner_extra_info`, `assigned_to_extra_info`: a person without a further request. */
export const UserSummary = z.object({
  id: z.int(),
  username: z.string(),
  full_name_display: text,
  is_active: z.boolean(),
});
export type UserSummary = z.output<typeof UserSummary>;

/** `status_extra_info`. */
export const StatusSummary = z.object({ name: z.string(), color: text, is_closed: z.boolean() });
export type StatusSummary = z.output<typeof StatusSummary>;

/** `project_extra_info`. */
export const ProjectSummary = z.object({ id: z.int(), name: z.string(), slug: z.string() });
export type ProjectSummary = z.output<typeof ProjectSummary>;

/** Name (lower case) and colour, which is null for tags without one. */
export const Tag = z.tuple([z.string(), z.string().nullable()]);
export type Tag = z.output<typeof Tag>;

/** What user stories and tasks have in common in lists. */
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
  milestone: orNull(z.int()),
  milestone_slug: orNull(z.string()),
  tags: listOf(Tag),
  is_closed: z.boolean(),
  is_blocked: flag,
  blocked_note: text,
  due_date: orNull(date),
  due_date_reason: text,
  /** not_set, set, due_soon, past_due or no_longer_applicable. */
  due_date_status: orNull(z.string()),
  created_date: timestamp,
  modified_date: timestamp,
  watchers: listOf(z.int()),
  is_watcher: flag,
  total_watchers: orNull(z.int()),
  is_voter: flag,
  total_voters: orNull(z.int()),
  total_comments: orNull(z.int()),
  external_reference: listOf(z.string()),
};

/** What only the single user story or task has; lists leave it out. */
export const itemDetailFields = { description: text };

/** `{id, ref, subject, color}`: an epic as stories and tasks show it. */
export const EpicSummary = z.object({
  id: z.int(),
  ref: z.int(),
  subject: z.string(),
  color: orNull(z.string()),
});
export type EpicSummary = z.output<typeof EpicSummary>;
