import type { FilterValue } from "../query.ts";

/** Filters by Taiga's names; a list means any of its members. */
export type FilterOf<Name extends string> = { [Key in Name]?: FilterValue | undefined };

/** Both the filter and its opposite. */
export type WithExclude<Name extends string> = Name | `exclude_${Name}`;

/** At, before or after a day (`YYYY-MM-DD`) or a moment (ISO 8601); anything else makes Taiga fail. */
export type DateFilter<Name extends string> = Name | `${Name}__${"lt" | "gt" | "lte" | "gte"}`;

/** What items of every kind can be filtered by. There is no filter by `ref`. */
export type ItemFilterName =
  | "project"
  | "project__slug"
  | WithExclude<"status" | "owner" | "assigned_to" | "tags">
  | "status__is_closed"
  | "watchers"
  | "q"
  | DateFilter<"created_date" | "modified_date">;
