import { z } from "zod";
import { flag, listOf, orNull, text } from "./schema-parts.ts";

/** Fields that all configurable values of a project share. */
const value = { id: z.int(), name: z.string(), order: orNull(z.number()) };

/** Of epics, tasks and issues. */
export const Status = z.object({ ...value, slug: text, color: text, is_closed: z.boolean() });
export type Status = z.output<typeof Status>;

export const UserStoryStatus = Status.extend({
  is_archived: flag,
  /** Work-in-progress limit of a kanban column; null for no limit. */
  wip_limit: orNull(z.int()),
});
export type UserStoryStatus = z.output<typeof UserStoryStatus>;

/** One step of the estimation scale; its `value` is null for "?". */
export const Points = z.object({ ...value, value: orNull(z.number()) });
export type Points = z.output<typeof Points>;

/** An issue type, priority or severity. */
export const Choice = z.object({ ...value, color: text });
export type Choice = z.output<typeof Choice>;

export const Role = z.object({
  ...value,
  slug: text,
  /** Whether stories have points for this role. */
  computable: flag,
  permissions: listOf(z.string()),
});
export type Role = z.output<typeof Role>;

export const Member = z.object({
  /** The user's id, not the membership's. */
  id: z.int(),
  username: z.string(),
  full_name: text,
  full_name_display: text,
  role: orNull(z.int()),
  role_name: text,
  is_active: z.boolean(),
});
export type Member = z.output<typeof Member>;

export const CustomAttribute = z.object({
  ...value,
  description: text,
  /** text, multiline, richtext, date, url, dropdown, checkbox or number; values are not checked. */
  type: z.string(),
  /** The options of a dropdown. */
  extra: orNull(z.unknown()),
});
export type CustomAttribute = z.output<typeof CustomAttribute>;

export const Swimlane = z.object(value);
export type Swimlane = z.output<typeof Swimlane>;

/** A swimlane with its columns; the project detail shows swimlanes without. */
export const SwimlaneColumns = Swimlane.extend({
  statuses: listOf(
    z.object({
      /** The status. */
      id: z.int(),
      name: z.string(),
      wip_limit: orNull(z.int()),
      /** Of this column, for `wipLimits.update`. */
      swimlane_userstory_status_id: z.int(),
    }),
  ),
});
export type SwimlaneColumns = z.output<typeof SwimlaneColumns>;

/** How due dates are shown from some days before or after them. */
export const DueDateRule = z.object({
  ...value,
  color: text,
  by_default: flag,
  /** Negative after the due date; null for the default rule. */
  days_to_due: orNull(z.int()),
});
export type DueDateRule = z.output<typeof DueDateRule>;

/** A sprint by name; `milestones.list` returns all its fields. */
export const MilestoneSummary = z.object({
  id: z.int(),
  name: z.string(),
  slug: z.string(),
  closed: flag,
});
export type MilestoneSummary = z.output<typeof MilestoneSummary>;
