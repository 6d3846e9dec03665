import { addTimelineEvent } from "../history/timeline.ts";
import { VIEW_PERMISSIONS } from "../model/access.ts";
import { allocateId } from "../model/rows.ts";
import { toSlug } from "../model/slugs.ts";
import type { Project, Role, State } from "../model/state.ts";
import { DUE_DATES, type NamedStatus, type Template } from "../projects/templates.ts";

type Required = Pick<Project, "name" | "slug" | "description" | "owner" | "is_private">;

/** Stores a project with the values and roles of a template, and without members. */
export function setUpProject(
  state: State,
  template: Template,
  now: string,
  columns: Required & Partial<Project>,
): Project {
  const id = allocateId(state, "projects");
  const permissions = columns.is_private ? [] : [...VIEW_PERMISSIONS];
  const project: Project = {
    ...newProjectColumns(),
    id,
    created_date: now,
    modified_date: now,
    creation_template: template.id,
    ...template.modules,
    anon_permissions: permissions,
    public_permissions: [...permissions],
    defaults: addValues(state, id, template),
    ...columns,
  };
  state.projects.push(project);
  addTimelineEvent(
    state,
    { kind: "project", item: project },
    { action: "create", author: project.owner, created: now },
  );
  for (const [index, [name, computable, granted]] of template.roles.entries()) {
    addRole(state, project, {
      name,
      computable,
      permissions: [...granted],
      order: index * 10 + 10,
    });
  }
  return project;
}

/** Columns that are the same in every new project. */
const newProjectColumns = () => ({
  is_epics_activated: false,
  total_milestones: null,
  total_story_points: null,
  tags: [],
  tags_colors: {},
  blocked_code: null,
  archived_code: null,
  is_contact_activated: true,
  is_looking_for_people: false,
  looking_for_people_note: "",
  videoconferences: null,
  videoconferences_extra_data: null,
  logo: null,
  csv_uuids: { epics: null, userstories: null, tasks: null, issues: null },
  transfer: null,
  modules: {},
  last_ref: 0,
});

export function addRole(
  state: State,
  project: Project,
  role: Pick<Role, "name" | "computable" | "permissions" | "order"> & { id?: number },
): void {
  const id = role.id ?? allocateId(state, "roles");
  state.roles.push({ ...role, id, project: project.id, slug: toSlug(role.name) });
}

const toStatuses = (statuses: readonly NamedStatus[]) =>
  statuses.map(([name, color, closed], index) => ({
    name,
    slug: toSlug(name),
    order: index + 1,
    is_closed: closed !== undefined,
    color,
  }));

const toColored = (values: Template["issueTypes"], step = 1) =>
  values.map(([name, color], index) => ({ name, order: index * step + 1, color }));

/** Adds the value lists. The default is "Normal" if it exists, otherwise the first value. */
function addValues(state: State, project: number, template: Template): Project["defaults"] {
  const dueDates = DUE_DATES.map(([name, color, days_to_due], index) => ({
    name,
    order: index + 1,
    by_default: index === 0,
    color,
    days_to_due,
  }));
  const lists = {
    epicStatuses: toStatuses(template.epicStatuses),
    storyStatuses: toStatuses(template.storyStatuses).map((status) => ({
      ...status,
      is_archived: status.name === "Archived",
      wip_limit: null,
    })),
    taskStatuses: toStatuses(template.taskStatuses),
    issueStatuses: toStatuses(template.issueStatuses),
    issueTypes: toColored(template.issueTypes),
    points: template.points.map(([name, value], index) => ({ name, order: index + 1, value })),
    // Their orders are 1, 3 and 5.
    priorities: toColored(template.priorities, 2),
    severities: toColored(template.severities),
    storyDueDates: dueDates,
    taskDueDates: dueDates,
    issueDueDates: dueDates,
  };
  const add = (table: keyof typeof lists): number => {
    const rows = lists[table].map((row) => ({ ...row, id: allocateId(state, table), project }));
    (state[table] as object[]).push(...rows);
    return (rows.find(({ name }) => name === "Normal") ?? rows[0]!).id;
  };
  for (const table of ["storyDueDates", "taskDueDates", "issueDueDates"] as const) add(table);
  return {
    epic_status: add("epicStatuses"),
    us_status: add("storyStatuses"),
    task_status: add("taskStatuses"),
    issue_status: add("issueStatuses"),
    issue_type: add("issueTypes"),
    points: add("points"),
    priority: add("priorities"),
    severity: add("severities"),
    swimlane: null,
  };
}
