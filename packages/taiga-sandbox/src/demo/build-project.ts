import { addTimelineEvent } from "../history/timeline.ts";
import { allocateId, mustFind, ownRows } from "../model/rows.ts";
import type { Project, State } from "../model/state.ts";
import { addSprint, addEpic, addIssue, addPage, addStory, addWikiLinks } from "./build-content.ts";
import { idNamed, type Draft } from "./draft.ts";
import type { Moment, ProjectSeed } from "./seed.ts";
import { policyOf } from "../projects/notify-policies.ts";
import { addRole, setUpProject } from "../administration/project-setup.ts";

/** Adds a project with all content of its seed. */
export function buildProject(draft: Draft, seed: ProjectSeed): void {
  const { state } = draft;
  const project = addProject(draft, seed);
  for (const [username, role, joined] of seed.members ?? []) {
    addMember(draft, project, { username, role, joined });
  }
  for (const member of ownRows(state.memberships, project)) {
    const { username } = mustFind(state.users, member.user);
    if (seed.admins?.includes(username) === true) member.is_admin = true;
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
  const project = setUpProject(state, template, at(seed.created), {
    name,
    slug,
    description,
    owner: user(seed.owner).id,
    is_private,
    tags: [...tags],
    ...structuredClone(seed.columns),
  });
  for (const role of seed.roles ?? []) addRole(state, project, role);
  const roles = template.roles.map(([role]) => role);
  const role = roles.includes("Product Owner") ? "Product Owner" : roles[0]!;
  addMember(draft, project, { username: seed.owner, role, joined: seed.created });
  return project;
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
  policyOf(state, project, id);
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
