import {
  type Actor,
  mustBeUser,
  verifyPermission,
  verifyWritable,
  findForWrite,
} from "../model/access.ts";
import { toTimestamp, type Context, type Save } from "../model/context.ts";
import { invalidFields } from "../model/errors.ts";
import * as field from "../http/fields.ts";
import { allocateId, mustFind } from "../model/rows.ts";
import { toUniqueSlug } from "../model/slugs.ts";
import { toPlainChange } from "../model/announced.ts";
import type { HistoryEntry, Milestone, State, TimelineEvent } from "../model/state.ts";
import { addTimelineEvent } from "../history/timeline.ts";

const toTarget = (state: State, id: number | undefined) => ({
  model: "Milestone",
  rows: state.milestones,
  id,
});

const REQUIRED = ["project", "name", "estimated_start", "estimated_finish"];

/**
 * The writable fields. What is sent as `closed` holds until the next change of an item, when it is
 * derived from the items again.
 */
const milestoneFields = (state: State) => ({
  project: field.reference(state.projects),
  name: field.text(200),
  estimated_start: field.requiredDay,
  estimated_finish: field.requiredDay,
  order: field.position,
  slug: field.text(250),
  closed: field.flag,
  disponibility: (value: unknown) => field.decimal(value) ?? 0,
});

/**
 * `POST /milestones`. The slug is unique over all projects.
 *
 * @throws {ApiError} as Taiga answers.
 */
export function createMilestone(context: Context, actor: Actor, body: field.Body): Milestone {
  const { state } = context;
  const values = field.readFields(body, milestoneFields(state), {
    required: REQUIRED,
    isEdit: false,
  });
  const now = toTimestamp(context.clock());
  const milestone: Milestone = {
    id: 0,
    project: values.project!,
    name: values.name!,
    slug:
      values.slug || toUniqueSlug(values.name!, new Set(state.milestones.map((row) => row.slug))),
    owner: 0,
    estimated_start: values.estimated_start!,
    estimated_finish: values.estimated_finish!,
    created_date: now,
    modified_date: now,
    closed: values.closed ?? false,
    disponibility: values.disponibility ?? 0,
    order: values.order ?? 1,
    watchers: [],
  };
  verifyMilestone(state, milestone);
  const project = mustFind(state.projects, milestone.project);
  const author = verifyPermission(state, actor, project, "add_milestone");
  verifyWritable(project);
  milestone.id = allocateId(state, "milestones");
  milestone.owner = author.id;
  state.milestones.push(milestone);
  announce(context, milestone, { action: "create", author: author.id }, {});
  return milestone;
}

/**
 * `PATCH /milestones/{id}`. There is no version: the last write wins. The slug stays.
 *
 * @returns what stores the change.
 * @throws {ApiError} as Taiga answers.
 */
export function planMilestoneEdit(
  context: Context,
  actor: Actor,
  id: number | undefined,
  body: field.Body,
): Save<Milestone> {
  const { state } = context;
  const milestone = findForWrite(state, actor, toTarget(state, id), "modify_milestone");
  const columns = field.readFields(body, milestoneFields(state), {
    required: REQUIRED,
    isEdit: true,
  });
  const edited = { ...milestone, ...columns };
  verifyMilestone(state, edited);
  verifyWritable(mustFind(state.projects, milestone.project));
  const author = mustBeUser(actor).id;
  return () => {
    const changed = (["name", "estimated_start", "estimated_finish"] as const).filter(
      (name) => milestone[name] !== edited[name],
    );
    const diff: HistoryEntry["diff"] = Object.fromEntries(
      changed.map((name) => [name, [milestone[name], edited[name]]]),
    );
    Object.assign(milestone, edited, { modified_date: toTimestamp(context.clock()) });
    if (changed.length > 0) announce(context, milestone, { action: "change", author }, diff);
    return milestone;
  };
}

/**
 * `DELETE /milestones/{id}`: its items stay, without a sprint and with an unchanged version.
 *
 * @throws {ApiError} as Taiga answers.
 */
export function deleteMilestone(context: Context, actor: Actor, id: number | undefined): void {
  const { state } = context;
  const milestone = findForWrite(state, actor, toTarget(state, id), "delete_milestone");
  verifyWritable(mustFind(state.projects, milestone.project));
  announce(context, milestone, { action: "delete", author: mustBeUser(actor).id }, {});
  for (const item of [...state.userstories, ...state.tasks, ...state.issues]) {
    if (item.milestone === milestone.id) item.milestone = null;
  }
  state.milestones = state.milestones.filter((row) => row.id !== milestone.id);
}

/** @throws {ApiError} 400 for a name that is taken, then for dates in the wrong order. */
function verifyMilestone(state: State, milestone: Milestone): void {
  const isTaken = state.milestones.some(
    (row) =>
      row.id !== milestone.id && row.project === milestone.project && row.name === milestone.name,
  );
  if (isTaken) throw invalidFields({ name: ["Duplicated name"] });
  if (milestone.estimated_start > milestone.estimated_finish) {
    const message = "The estimated start must be previous to the estimated finish.";
    throw invalidFields({ __all__: [message] });
  }
}

/** Sprints have no history, but appear in timelines. */
function announce(
  context: Context,
  item: Milestone,
  event: Pick<TimelineEvent, "action"> & { author: number },
  values_diff: HistoryEntry["diff"],
): void {
  const { state, clock } = context;
  const { name, estimated_start: start, estimated_finish: finish } = item;
  // Taiga tells both dates with every change, changed or not.
  const diff = {
    name: [name, name] as [string, string],
    estimated_start: [start, start] as [string, string],
    estimated_finish: [finish, finish] as [string, string],
    ...values_diff,
  };
  context.announce?.(
    { kind: "milestone", item },
    { ...event, ...(event.action === "change" && { entry: toPlainChange(diff) }) },
  );
  addTimelineEvent(
    state,
    { kind: "milestone", item },
    { ...event, created: toTimestamp(clock()), change: { values_diff } },
  );
}
