import { invalidFields } from "../model/errors.ts";
import type { Body } from "../http/fields.ts";
import type { Project, State } from "../model/state.ts";
import { readOwnId } from "./writes.ts";

/** How a kind of item is created and moved in bulk. */
export interface BulkRules<Row> {
  /** The field with the subjects of the new items, or with the items to move. */
  field: string;
  /** Fields that a creation requires besides the project and the subjects. */
  required: readonly string[];
  /** Columns that all new items share. */
  readColumns: (state: State, body: Body, project: Project) => Partial<Row>;
  /** Whether the answer to a creation lists the newest item first. */
  newestFirst: boolean;
  /** How items are moved to a sprint; omitted for epics, which have no sprint. */
  plan?: PlanRules;
}

/** The id of an item to be moved, and its position in the sprint where the request gives one. */
export interface PlanRow {
  id: number;
  columns: { sprint_order?: number };
}

/** How a kind is moved to a sprint. */
export interface PlanRules {
  /** The name of the items in the refusal of items of other projects. */
  plural: string;
  readRows: (value: unknown) => PlanRow[];
  /** Whether the answer has the sprint of each item, instead of nothing. */
  answersSprints: boolean;
}

/** @throws {ApiError} 400 when the status is of another project. */
export const readStatus = (
  body: Body,
  project: Project,
  { rows, title }: { rows: readonly { id: number; project: number }[]; title: string },
): number | undefined =>
  readOwnId(body, "status_id", {
    rows,
    project,
    message: `Invalid ${title} status id. The status must belong to the same project.`,
  });

/** @throws {ApiError} 400 when the sprint is of another project. */
export const readSprint = (state: State, body: Body, project: Project): number | undefined =>
  readOwnId(body, "milestone_id", {
    rows: state.milestones,
    project,
    message: "The milestone isn't valid for the project",
  });

/** The ids in a list of objects; any other value counts as the id of a missing item. */
export const readIds =
  (name: string) =>
  (value: unknown): PlanRow[] => {
    const rows: unknown[] = Array.isArray(value) ? value : [null];
    return rows.map((row) => ({
      id: Number((row as Record<string, unknown> | null)?.[name]),
      columns: {},
    }));
  };

/** @throws {ApiError} 400 unless it is a list of `{us_id, order}`. */
export function readStoryPlan(value: unknown): PlanRow[] {
  if (!Array.isArray(value)) throw invalidFields({ bulk_stories: ["Enter a list of values."] });
  return value.map((row: { us_id?: unknown; order?: unknown } | null) => {
    const missing = (["us_id", "order"] as const).filter((name) => (row?.[name] ?? null) === null);
    if (missing.length > 0) {
      const errors = missing.map((name) => [name, ["This field is required."]]);
      throw invalidFields({ bulk_stories: [Object.fromEntries(errors)] });
    }
    const id = Number(row?.us_id);
    const sprint_order = Number(row?.order);
    if (!Number.isInteger(id) || !Number.isInteger(sprint_order)) {
      throw invalidFields({ bulk_stories: [{ us_id: ["Enter a whole number."] }] });
    }
    return { id, columns: { sprint_order } };
  });
}
