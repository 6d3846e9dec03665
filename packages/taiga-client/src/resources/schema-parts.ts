import { z } from "zod";

// Taiga's versions send different fields, and some send null for empty values. Only fields that the
// code cannot work without are required; the others default to null, empty or a default value.

/** Null when Taiga sends null or nothing. Without a `transform`, of which each call makes objects. */
export const orNull = <Schema extends z.ZodType>(schema: Schema) => schema.nullable().default(null);

/** Empty when Taiga sends null or nothing, its representations of empty collections. */
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

/** `owner_extra_info`, `assigned_to_extra_info`: a user embedded in another object. */
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

/** `{id, ref, subject, color}`: an epic as stories and tasks show it. */
export const EpicSummary = z.object({
  id: z.int(),
  ref: z.int(),
  subject: z.string(),
  color: orNull(z.string()),
  /** The epic's own project, which may be another than the story's. */
  project: z.object({ id: z.int(), slug: z.string() }).optional(),
});
export type EpicSummary = z.output<typeof EpicSummary>;

/** The answer to a delete: nothing at all. */
export const noContent = z.undefined();
