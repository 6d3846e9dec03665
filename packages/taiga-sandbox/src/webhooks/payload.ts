import { findById, mustFind } from "../model/rows.ts";
import { statusesOf } from "../model/kinds.ts";
import type {
  Epic,
  Issue,
  Item,
  ItemKind,
  Milestone,
  State,
  Task,
  UserStory,
  WikiPage,
} from "../model/state.ts";
import type { Announced } from "../model/announced.ts";
import { toUserExtraInfo } from "../projects/user-views.ts";

/** Where links in a delivery lead: Taiga's own pages. */
export type Links = string;

export function toUser(state: State, links: Links, id: number | null) {
  const user = toUserExtraInfo(state, id);
  if (user === null) return null;
  return {
    id,
    permalink: `${links}/profile/${user.username}`,
    username: user.username,
    full_name: user.full_name_display,
    photo: null,
    gravatar_id: user.gravatar_id,
  };
}

function toProject(state: State, links: Links, id: number) {
  const { name, slug } = mustFind(state.projects, id);
  return { id, permalink: `${links}/project/${slug}`, name, logo_big_url: null };
}

/** @see taiga-back webhooks/serializers.py */
export function toData(
  state: State,
  links: Links,
  { kind, item }: Announced,
): Record<string, unknown> {
  switch (kind) {
    case "userstory":
      return toStory(state, links, item);
    case "task":
      return toTask(state, links, item);
    case "issue":
      return toIssue(state, links, item);
    case "epic":
      return toEpic(state, links, item);
    case "wiki":
      return toPage(state, links, item);
    case "milestone":
      return toMilestone(state, links, item);
    case "relateduserstory":
      return {
        id: item.id,
        user_story: toStory(state, links, mustFind(state.userstories, item.user_story)),
        epic: toEpic(state, links, mustFind(state.epics, item.epic)),
        order: item.order,
      };
  }
}

const PATHS = { epic: "epic", userstory: "us", task: "task", issue: "issue" };

const linkTo = (project: { permalink: string }, kind: ItemKind, ref: number): string =>
  `${project.permalink}/${PATHS[kind]}/${ref}`;

function toCommon(state: State, links: Links, kind: ItemKind, item: Item) {
  const project = toProject(state, links, item.project);
  const values = state.customAttributeValues.find(
    (row) => row.kind === kind && row.object === item.id,
  );
  const named = Object.entries(values?.attributes_values ?? {}).map(([id, value]) => [
    state.customAttributes.find((row) => row.kind === kind && row.id === Number(id))?.name ?? id,
    value,
  ]);
  const {
    id: statusId,
    name,
    slug,
    color,
    is_closed,
  } = mustFind(statusesOf(state, kind), item.status);
  return {
    custom_attributes_values: Object.fromEntries(named) as Record<string, unknown>,
    id: item.id,
    ref: item.ref,
    project,
    created_date: item.created_date,
    modified_date: item.modified_date,
    subject: item.subject,
    watchers: item.watchers,
    description: item.description,
    tags: item.tags,
    permalink: linkTo(project, kind, item.ref),
    owner: toUser(state, links, item.owner),
    assigned_to: toUser(state, links, item.assigned_to),
    status: { id: statusId, name, slug, color, is_closed },
  };
}

const sprintOf = (state: State, links: Links, id: number | null) => {
  const milestone = findById(state.milestones, id);
  return milestone === undefined ? null : toMilestone(state, links, milestone);
};

function toStory(state: State, links: Links, story: UserStory) {
  const common = toCommon(state, links, "userstory", story);
  const { is_archived } = mustFind(state.storyStatuses, story.status);
  const points = Object.entries(story.points).map(([role, id]) => {
    const chosen = findById(state.points, id);
    return {
      role: findById(state.roles, Number(role))?.name ?? role,
      name: chosen?.name ?? "?",
      value: chosen?.value ?? null,
    };
  });
  return {
    ...common,
    is_closed: story.is_closed,
    finish_date: story.finish_date,
    due_date: story.due_date,
    due_date_reason: story.due_date_reason,
    client_requirement: story.client_requirement,
    team_requirement: story.team_requirement,
    generated_from_issue: story.generated_from_issue,
    generated_from_task: null,
    from_task_ref: story.from_task_ref,
    external_reference: story.external_reference,
    tribe_gig: null,
    is_blocked: story.is_blocked,
    blocked_note: story.blocked_note,
    assigned_users: story.assigned_users,
    points,
    status: { ...common.status, is_archived },
    milestone: sprintOf(state, links, story.milestone),
  };
}

function toTask(state: State, links: Links, task: Task) {
  const story = findById(state.userstories, task.user_story);
  return {
    ...toCommon(state, links, "task", task),
    finished_date: task.finished_date,
    due_date: task.due_date,
    due_date_reason: task.due_date_reason,
    us_order: task.us_order,
    taskboard_order: task.taskboard_order,
    is_iocaine: task.is_iocaine,
    external_reference: task.external_reference,
    is_blocked: task.is_blocked,
    blocked_note: task.blocked_note,
    user_story: story === undefined ? null : toStory(state, links, story),
    milestone: sprintOf(state, links, task.milestone),
    promoted_to: [],
  };
}

function toIssue(state: State, links: Links, issue: Issue) {
  const pick = (rows: readonly { id: number; name: string; color: string }[], id: number) => {
    const { name, color } = mustFind(rows, id);
    return { id, name, color };
  };
  return {
    ...toCommon(state, links, "issue", issue),
    finished_date: issue.finished_date,
    due_date: issue.due_date,
    due_date_reason: issue.due_date_reason,
    external_reference: issue.external_reference,
    milestone: sprintOf(state, links, issue.milestone),
    type: pick(state.issueTypes, issue.type),
    priority: pick(state.priorities, issue.priority),
    severity: pick(state.severities, issue.severity),
    promoted_to: state.userstories
      .filter((story) => story.generated_from_issue === issue.id)
      .map((story) => story.id),
  };
}

const toEpic = (state: State, links: Links, epic: Epic) => ({
  ...toCommon(state, links, "epic", epic),
  epics_order: epic.epics_order,
  color: epic.color,
  client_requirement: epic.client_requirement,
  team_requirement: epic.team_requirement,
});

function toPage(state: State, links: Links, page: WikiPage) {
  const project = toProject(state, links, page.project);
  return {
    id: page.id,
    slug: page.slug,
    content: page.content,
    created_date: page.created_date,
    modified_date: page.modified_date,
    permalink: `${project.permalink}/wiki/${page.slug}`,
    project,
    owner: toUser(state, links, page.owner),
    last_modifier: toUser(state, links, page.last_modifier),
  };
}

function toMilestone(state: State, links: Links, milestone: Milestone) {
  const project = toProject(state, links, milestone.project);
  const { id, name, slug, estimated_start, estimated_finish, closed, disponibility } = milestone;
  return {
    id,
    name,
    slug,
    estimated_start,
    estimated_finish,
    created_date: milestone.created_date,
    modified_date: milestone.modified_date,
    closed,
    disponibility,
    permalink: `${project.permalink}/taskboard/${slug}`,
    project,
    owner: toUser(state, links, milestone.owner),
  };
}
