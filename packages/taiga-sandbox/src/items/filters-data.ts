import { applyFilters, type Filter } from "../http/filters.ts";
import { allAssignees, epicsOf, rowsOf, statusesOf, type ItemRows } from "../model/kinds.ts";
import { inOrder } from "../model/rows.ts";
import type { Issue, Item, ItemKind, Project, State, UserStory } from "../model/state.ts";
import { toUserExtraInfo } from "../projects/user-views.ts";

/** Items that match all conditions except those on the named parameter. */
type Counted<Row> = (parameter: string) => Row[];

/**
 * The choices of a filter sidebar with the number of items each would leave. A choice is counted under
 * all other conditions of the request.
 */
export function toFiltersData<Kind extends ItemKind>(
  state: State,
  kind: Kind,
  project: Project,
  filters: readonly Filter<ItemRows[Kind]>[],
): Record<string, unknown> {
  type Row = ItemRows[Kind];
  const items = rowsOf(state, kind).filter((row) => row.project === project.id);
  const without: Counted<Row> = (parameter) =>
    applyFilters(items, filters, [parameter, `exclude_${parameter}`]);
  const values = (rows: readonly Choice[], parameter: string, idOf: (row: Row) => number) =>
    toChoices(project, rows, without(parameter).map(idOf));
  const issueValue = (column: "type" | "priority" | "severity") => (row: Row) =>
    (row as Issue)[column];
  return {
    ...(kind === "issue" && {
      types: values(state.issueTypes, "type", issueValue("type")),
      priorities: values(state.priorities, "priority", issueValue("priority")),
      severities: values(state.severities, "severity", issueValue("severity")),
    }),
    statuses: values(statusesOf(state, kind), "status", (row) => row.status),
    assigned_to: toAssignees(state, project, without("assigned_to"), (row) => [
      row.assigned_to,
    ]).map(({ id, full_name, count }) => ({ id, full_name, count })),
    ...(kind === "userstory" && {
      assigned_users: toAssignees(state, project, without("assigned_users"), (row) =>
        allAssignees(row as UserStory),
      ),
      epics: toEpics(state, project, without("epic") as UserStory[]),
    }),
    owners: toOwners(state, kind, without("owner")),
    tags: Object.entries(project.tags_colors)
      .toSorted(([a], [b]) => a.localeCompare(b, "en"))
      .map(([name, color]) => {
        const count = without("tags").filter((row) => row.tags.includes(name)).length;
        return { name, color, count };
      }),
    ...(kind !== "epic" && { roles: toRoles(state, project, without("role")) }),
  };
}

interface Choice {
  id: number;
  project: number;
  name: string;
  color: string;
  order: number;
}

const countOf = <Value>(values: readonly Value[], value: Value): number =>
  values.filter((candidate) => candidate === value).length;

const toChoices = (project: Project, rows: readonly Choice[], chosen: readonly number[]) =>
  inOrder(rows.filter((row) => row.project === project.id)).map(({ id, name, color, order }) => ({
    id,
    name,
    color,
    order,
    count: countOf(chosen, id),
  }));

/** The entry for unassigned items, then every member by name. */
function toAssignees<Row extends Item>(
  state: State,
  project: Project,
  rows: readonly Row[],
  assigneesOf: (row: Row) => readonly (number | null)[],
) {
  const assigned = rows.map(assigneesOf);
  const unassigned = {
    id: null,
    full_name: "",
    count: assigned.filter((ids) => ids.every((id) => id === null)).length,
    photo: null,
    big_photo: null,
    gravatar_id: null,
  };
  const members = state.memberships
    .filter((row) => row.project === project.id)
    .map((row) => toPerson(state, row.user, countOf(assigned.flat(), row.user)))
    .toSorted((a, b) => a.full_name.localeCompare(b.full_name, "en"));
  return [unassigned, ...members];
}

function toPerson(state: State, id: number, count: number) {
  const { full_name_display, gravatar_id } = toUserExtraInfo(state, id)!;
  return { id, full_name: full_name_display, count, photo: null, big_photo: null, gravatar_id };
}

/** The owners of the items. Only the answer for stories has their pictures. */
function toOwners(state: State, kind: ItemKind, rows: readonly Item[]) {
  const owners = rows.map((row) => row.owner);
  return [...new Set(owners)]
    .map((id) => toPerson(state, id, countOf(owners, id)))
    .toSorted((a, b) => a.full_name.localeCompare(b.full_name, "en"))
    .map((person) => {
      const { id, full_name, count } = person;
      return kind === "userstory" ? person : { id, full_name, count };
    });
}

function toEpics(state: State, project: Project, stories: readonly UserStory[]) {
  const linked = stories.map((story) => epicsOf(state, story).map(({ epic }) => epic.id));
  const none = {
    id: null,
    ref: null,
    subject: null,
    order: 0,
    count: linked.filter((ids) => ids.length === 0).length,
  };
  const epics = state.epics
    .filter((epic) => epic.project === project.id)
    .toSorted((a, b) => a.epics_order - b.epics_order)
    .map(({ id, ref, subject, epics_order }) => ({
      id,
      ref,
      subject,
      order: epics_order,
      count: countOf(linked.flat(), id),
    }));
  return [none, ...epics];
}

/** The roles of the assignees. */
function toRoles(state: State, project: Project, rows: readonly Item[]) {
  const members = state.memberships.filter((row) => row.project === project.id);
  const held = rows.map(
    (row) => members.find((member) => member.user === row.assigned_to)?.role ?? null,
  );
  return inOrder(state.roles.filter((role) => role.project === project.id)).map((role) => ({
    id: role.id,
    name: role.name,
    color: null,
    order: role.order,
    count: countOf<number | null>(held, role.id),
  }));
}
