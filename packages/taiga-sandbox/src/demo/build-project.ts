import { addTimelineEvent } from "../history/timeline.ts";
import { VIEW_PERMISSIONS } from "../model/access.ts";
import { allocateId, ownRows } from "../model/rows.ts";
import { toSlug } from "../model/slugs.ts";
import type { Project, State } from "../model/state.ts";
import { addSprint, addEpic, addIssue, addPage, addStory, addWikiLinks } from "./build-content.ts";
import { idNamed, type Draft } from "./draft.ts";
import type { Moment, ProjectSeed } from "./seed.ts";
import { DUE_DATES, type NamedStatus, type Template } from "./templates.ts";

/** Adds a project with all content of its seed. */
export function buildProject(draft: Draft, seed: ProjectSeed): void {
  const { state } = draft;
  const project = addProject(draft, seed);
  for (const [username, role, joined] of seed.members ?? []) {
    addMember(draft, project, { username, role, joined });
  }
  for (const status of ownRows(state.storyStatuses, project)) {
    status.wip_limit = seed.wipLimits?.[status.name] ?? null;
  }
  for (const swimlane of seed.swimlanes ?? []) addSwimlane(state, project, swimlane);
  for (const attribute of seed.customAttributes ?? []) {
    state.customAttributes.push({
      ...attribute,
      // As in Taiga, each kind of item has its own id sequence.
      id: allocateId(state, `customAttributes.${attribute.kind}`),
      project: project.id,
      order: ownRows(state.customAttributes, project).length + 1,
      created_date: project.created_date,
      modified_date: project.created_date,
    });
  }
  for (const sprint of seed.sprints ?? []) addSprint(draft, project, sprint);
  for (const epic of seed.epics ?? []) addEpic(draft, project, epic);
  for (const { name, stories = [] } of seed.sprints ?? []) {
    for (const story of stories) addStory(draft, project, story, name);
  }
  for (const story of seed.stories ?? []) addStory(draft, project, story);
  for (const issue of seed.issues ?? []) addIssue(draft, project, issue);
  for (const page of seed.wiki ?? []) addPage(draft, project, page);
  addWikiLinks(draft, project, seed.wikiLinks ?? []);
}

/** The project with its values and roles, and its owner as the only member. */
function addProject(draft: Draft, seed: ProjectSeed): Project {
  const { state, at, user } = draft;
  const { name, slug, description, is_private, tags, template } = seed;
  const owner = user(seed.owner).id;
  const created = at(seed.created);
  const permissions = is_private ? [] : [...VIEW_PERMISSIONS];
  const id = allocateId(state, "projects");
  const project: Project = {
    id,
    name,
    slug,
    description,
    owner,
    created_date: created,
    modified_date: created,
    creation_template: template.id,
    is_private,
    is_epics_activated: false,
    ...template.modules,
    total_milestones: null,
    total_story_points: null,
    tags: [...tags],
    tags_colors: {},
    anon_permissions: permissions,
    public_permissions: [...permissions],
    blocked_code: null,
    archived_code: null,
    defaults: addValues(state, id, template),
    last_ref: 0,
    ...structuredClone(seed.columns),
  };
  state.projects.push(project);
  addTimelineEvent(
    state,
    { kind: "project", item: project },
    { action: "create", author: owner, created },
  );
  const roles = template.roles.map(([role, computable, granted], index) => ({
    name: role,
    computable,
    permissions: [...granted],
    order: index * 10 + 10,
  }));
  for (const role of [...roles, ...(seed.roles ?? [])]) addRole(state, project, role);
  const role = roles.find((each) => each.name === "Product Owner") ?? roles[0]!;
  addMember(draft, project, { username: seed.owner, role: role.name, joined: seed.created });
  return project;
}

function addRole(
  state: State,
  project: Project,
  role: NonNullable<ProjectSeed["roles"]>[number],
): void {
  const id = role.id ?? allocateId(state, "roles");
  state.roles.push({ ...role, id, project: project.id, slug: toSlug(role.name) });
}

/** The owner is the first member and administers; the others were invited by the owner. */
export function addMember(
  { state, at, user }: Draft,
  project: Project,
  member: { username: string; role: string; joined?: Moment | undefined },
): void {
  const { id } = user(member.username);
  const created = at(member.joined);
  const isOwner = id === project.owner;
  const membership = {
    id: allocateId(state, "memberships"),
    project: project.id,
    user: id,
    role: idNamed(state.roles, project, member.role)!,
    is_admin: isOwner,
    created_at: created,
    invited_by: isOwner ? null : project.owner,
    user_order: state.memberships.filter((row) => row.user === id).length + 1,
  };
  state.memberships.push(membership);
  if (isOwner) return;
  addTimelineEvent(
    state,
    { kind: "membership", item: membership },
    { action: "create", author: id, created },
  );
}

/** The first swimlane of a project becomes its default. */
function addSwimlane(
  state: State,
  project: Project,
  { name, wipLimits = {} }: NonNullable<ProjectSeed["swimlanes"]>[number],
): void {
  const id = allocateId(state, "swimlanes");
  const order = ownRows(state.swimlanes, project).length + 1;
  const statuses = ownRows(state.storyStatuses, project).map((status) => ({
    id: allocateId(state, "swimlaneStatuses"),
    status: status.id,
    wip_limit: wipLimits[status.name] ?? null,
  }));
  state.swimlanes.push({ id, project: project.id, name, order, statuses });
  project.defaults.swimlane ??= id;
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
