import { findMembership, permissionsIn, type Actor } from "../model/access.ts";
import { inOrder, mustFind } from "../model/rows.ts";
import type { ItemKind, Project, State } from "../model/state.ts";
import { levelOf, listWatchers, NO_NOTICES } from "./notify-policies.ts";
import { toUserExtraInfo } from "./user-views.ts";

/** A project within another object. */
export const toProjectExtraInfo = (state: State, id: number) => {
  const project = mustFind(state.projects, id);
  return {
    name: project.name,
    slug: project.slug,
    logo_small_url: project.logo && `${project.logo}.80x80_q85_crop.jpg`,
    id,
  };
};

/** A row of the list; `slight` rows lack three fields. */
export function toProjectRow(state: State, project: Project, actor: Actor, isSlight: boolean) {
  const { notify_level, total_closed_milestones, logo_big_url, ...slight } = toCommon(
    state,
    project,
    actor,
  );
  const row = { ...slight, members: membersOf(state, project).map((member) => member.user) };
  return isSlight ? row : { ...row, notify_level, total_closed_milestones, logo_big_url };
}

/** The whole project with its value lists. An empty list is null, with two exceptions. */
export function toProjectDetail(state: State, project: Project, actor: Actor) {
  const common = toCommon(state, project, actor);
  return {
    ...common,
    members: membersOf(state, project).map((member) => {
      const { username, full_name_display, ...user } = toUserExtraInfo(state, member.user)!;
      return {
        role: member.role,
        role_name: mustFind(state.roles, member.role).name,
        full_name: full_name_display,
        full_name_display,
        is_active: user.is_active,
        id: member.user,
        color: mustFind(state.users, member.user).color,
        username,
        photo: null,
        gravatar_id: user.gravatar_id,
      };
    }),
    ...toValueLists(state, project),
    roles: inOrder(state.roles.filter((role) => role.project === project.id)).map(
      ({ project: project_id, ...role }) => ({ ...role, project_id }),
    ),
    total_memberships: membersOf(state, project).length,
    is_out_of_owner_limits: false,
    ...(common.i_am_admin && {
      is_private_extra_info: { can_be_updated: true, reason: null },
      max_memberships: null,
      epics_csv_uuid: project.csv_uuids.epics,
      userstories_csv_uuid: project.csv_uuids.userstories,
      tasks_csv_uuid: project.csv_uuids.tasks,
      issues_csv_uuid: project.csv_uuids.issues,
      transfer_token: project.transfer?.token ?? null,
    }),
    milestones: state.milestones
      .filter((milestone) => milestone.project === project.id)
      .toSorted((a, b) => a.estimated_start.localeCompare(b.estimated_start))
      .map(({ id, slug, name, closed }) => ({ id, slug, name, closed })),
  };
}

function toCommon(state: State, project: Project, actor: Actor) {
  const permissions = permissionsIn(state, actor, project);
  const membership = findMembership(state, actor, project);
  const milestones = state.milestones.filter((row) => row.project === project.id);
  const fans = state.fans.filter((row) => row.project === project.id);
  const {
    defaults,
    last_ref: _lastRef,
    csv_uuids: _uuids,
    transfer: _transfer,
    modules: _modules,
    logo: _logo,
    ...columns
  } = project;
  const level = levelOf(state, project, actor);
  return {
    ...columns,
    ...Object.fromEntries(Object.entries(defaults).map(([key, id]) => [`default_${key}`, id])),
    owner: toUserExtraInfo(state, project.owner),
    is_featured: false,
    totals_updated_datetime: project.modified_date,
    ...toTotals("total_fans", fans.length),
    ...toTotals(
      "total_activity",
      state.timeline.filter((row) => row.project === project.id).length,
    ),
    my_permissions: [...permissions],
    i_am_owner: actor?.id === project.owner,
    i_am_admin: actor?.is_superuser === true || membership?.is_admin === true,
    i_am_member: membership !== undefined,
    notify_level: level,
    total_closed_milestones: milestones.filter((row) => row.closed).length,
    is_watcher: level !== null && level !== NO_NOTICES,
    total_watchers: listWatchers(state, project).length,
    logo_small_url: project.logo && `${project.logo}.80x80_q85_crop.jpg`,
    logo_big_url: project.logo && `${project.logo}.300x300_q85_crop.jpg`,
    is_fan: fans.some((row) => row.user === actor?.id),
    // A quirk of Taiga: the text of an empty object for anonymous callers, otherwise false.
    my_homepage: actor === null ? "{}" : false,
  };
}

/** Counts over all time and over recent times, which the sandbox does not tell apart. */
const toTotals = (name: string, count: number) => ({
  [name]: count,
  [`${name}_last_week`]: count,
  [`${name}_last_month`]: count,
  [`${name}_last_year`]: count,
});

const membersOf = (state: State, project: Project) =>
  state.memberships
    .filter((member) => member.project === project.id)
    .toSorted((a, b) => a.user - b.user);

function toValueLists(state: State, project: Project) {
  const list = <Row extends { id: number; project: number; order: number }>(rows: Row[]) => {
    const own = inOrder(rows.filter((row) => row.project === project.id));
    if (own.length === 0) return null;
    return own.map(({ project: project_id, ...row }) => ({ ...row, project_id }));
  };
  const attributes = (kind: ItemKind) =>
    list(state.customAttributes.filter((row) => row.kind === kind))?.map(
      ({ kind: _kind, ...row }) => row,
    ) ?? null;
  return {
    epic_statuses: list(state.epicStatuses),
    swimlanes: list(state.swimlanes)?.map(({ statuses: _cells, ...row }) => row) ?? null,
    us_statuses: list(state.storyStatuses),
    us_duedates: list(state.storyDueDates),
    points: list(state.points),
    task_statuses: list(state.taskStatuses),
    task_duedates: list(state.taskDueDates),
    issue_statuses: list(state.issueStatuses),
    issue_types: list(state.issueTypes),
    issue_duedates: list(state.issueDueDates),
    priorities: list(state.priorities),
    severities: list(state.severities),
    epic_custom_attributes: attributes("epic"),
    userstory_custom_attributes: attributes("userstory"),
    task_custom_attributes: attributes("task"),
    issue_custom_attributes: attributes("issue"),
  };
}
