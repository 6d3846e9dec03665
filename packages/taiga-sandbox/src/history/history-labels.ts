import { statusesOf } from "../model/kinds.ts";
import { findById } from "../model/rows.ts";
import type { HistoryEntry, ObjectKind, State } from "../model/state.ts";

type NameOf = (id: number) => string | undefined;

/** The labels of all ids in a diff, stored because objects may be renamed or deleted later. */
export function labelValues(
  state: State,
  kind: ObjectKind,
  diff: HistoryEntry["diff"],
): HistoryEntry["values"] {
  const labels: HistoryEntry["values"] = { users: {} };
  const label = (table: string, ids: unknown[], nameOf: NameOf) => {
    const known = ids.filter((id) => typeof id === "number");
    labels[table] = {
      ...labels[table],
      ...Object.fromEntries(known.map((id) => [String(id), nameOf(id) ?? ""])),
    };
  };
  const tables = namesOf(state, kind);
  for (const [field, change] of Object.entries(diff)) {
    const nameOf = tables[field];
    if (["assigned_users", "assigned_to", "owner"].includes(field)) {
      label("users", change.flat(), (id) => findById(state.users, id)?.full_name);
    } else if (nameOf !== undefined) {
      label(field, change.flat(), nameOf);
    } else if (field === "points") {
      const chosen = change.map((side) => side as Record<string, number>);
      label("points", chosen.flatMap(Object.values), (id) => findById(state.points, id)?.name);
      const roles = chosen.flatMap(Object.keys).map(Number);
      label("roles", roles, (id) => findById(state.roles, id)?.name);
    }
  }
  return labels;
}

/** The fields that hold an id of a table, under whose name the labels are kept. */
function namesOf(state: State, kind: ObjectKind): Record<string, NameOf> {
  return {
    ...(kind !== "wiki" && { status: (id) => findById(statusesOf(state, kind), id)?.name }),
    ...(kind === "issue" && {
      type: (id) => findById(state.issueTypes, id)?.name,
      severity: (id) => findById(state.severities, id)?.name,
      priority: (id) => findById(state.priorities, id)?.name,
    }),
    milestone: (id) => findById(state.milestones, id)?.name,
    swimlane: (id) => findById(state.swimlanes, id)?.name,
    user_story: (id) => {
      const story = findById(state.userstories, id);
      return story && `#${story.ref} ${story.subject}`;
    },
  };
}
