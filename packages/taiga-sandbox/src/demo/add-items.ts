import { settle } from "../items/closing.ts";
import { findMentions } from "../model/markup.ts";
import { allocateId, allocateRef } from "../model/rows.ts";
import type { Epic, Issue, Item, Status, Task, UserStory } from "../model/state.ts";
import { addEntry } from "./add-history.ts";
import { byName } from "./build-project.ts";
import type { Draft, Moment } from "./draft.ts";

/** What is said about any item; left out, it is as for a new one. */
interface ItemSpec {
  subject: string;
  description?: string;
  status?: string;
  by: string;
  assigned?: string;
  tags?: string[];
  created: Moment;
  /** Why it is blocked. */
  blocked?: string;
}

interface PlannedSpec extends ItemSpec {
  /** Days from the first day. */
  due?: number;
  finished?: Moment;
}

export interface EpicSpec extends ItemSpec {
  color: string;
}

export interface StorySpec extends PlannedSpec {
  sprint?: string;
  swimlane?: string;
  epic?: string;
  /** Role to points, by name. */
  points?: Record<string, string>;
  helpers?: string[];
}

export interface TaskSpec extends PlannedSpec {
  story: UserStory;
  iocaine?: boolean;
}

export interface IssueSpec extends PlannedSpec {
  type?: string;
  severity?: string;
  priority?: string;
  sprint?: string;
}

export function addEpic(draft: Draft, spec: EpicSpec): Epic {
  const { state, own } = draft;
  const epic: Epic = {
    ...toItem(draft, spec, state.epicStatuses, "epics"),
    color: spec.color,
    epics_order: own(state.epics).length + 1,
    client_requirement: false,
    team_requirement: false,
  };
  state.epics.push(epic);
  addEntry(draft, { kind: "epic", item: epic, by: spec.by, at: spec.created, type: 2 });
  return epic;
}

export function addStory(draft: Draft, spec: StorySpec): UserStory {
  const { state, project, own, at, userId } = draft;
  const order = own(state.userstories).length + 1;
  const story: UserStory = {
    ...toItem(draft, spec, state.storyStatuses, "userstories"),
    ...toDue(draft, spec),
    milestone: toSprintId(draft, spec.sprint),
    swimlane:
      spec.swimlane === undefined ? null : byName(state.swimlanes, project, spec.swimlane).id,
    points: toPoints(draft, spec.points ?? {}),
    assigned_users: (spec.helpers ?? []).map(userId),
    backlog_order: order,
    sprint_order: order,
    kanban_order: order,
    is_closed: false,
    finish_date: null,
    client_requirement: false,
    team_requirement: false,
    generated_from_issue: null,
    from_task_ref: null,
  };
  state.userstories.push(story);
  const epic = own(state.epics).find((row) => row.subject === spec.epic);
  if (epic !== undefined) {
    const id = allocateId(state, "relatedStories");
    state.relatedStories.push({ id, epic: epic.id, user_story: story.id, order });
  }
  addEntry(draft, { kind: "userstory", item: story, by: spec.by, at: spec.created, type: 2 });
  settle(state, { stories: [story.id] }, at(spec.finished ?? spec.created));
  return story;
}

export function addTask(draft: Draft, spec: TaskSpec): Task {
  const { state, at } = draft;
  const { story } = spec;
  const order = state.tasks.filter((row) => row.user_story === story.id).length + 1;
  const task: Task = {
    ...toItem(draft, spec, state.taskStatuses, "tasks"),
    ...toDue(draft, spec),
    user_story: story.id,
    milestone: story.milestone,
    us_order: order,
    taskboard_order: order,
    is_iocaine: spec.iocaine ?? false,
    finished_date: spec.finished === undefined ? null : at(spec.finished),
  };
  state.tasks.push(task);
  addEntry(draft, { kind: "task", item: task, by: spec.by, at: spec.created, type: 2 });
  settle(state, { stories: [story.id] }, at(spec.finished ?? spec.created));
  return task;
}

export function addIssue(draft: Draft, spec: IssueSpec): Issue {
  const { state, project, at } = draft;
  const issue: Issue = {
    ...toItem(draft, spec, state.issueStatuses, "issues"),
    ...toDue(draft, spec),
    type: byName(state.issueTypes, project, spec.type ?? "Bug").id,
    severity: byName(state.severities, project, spec.severity ?? "Normal").id,
    priority: byName(state.priorities, project, spec.priority ?? "Normal").id,
    milestone: toSprintId(draft, spec.sprint),
    finished_date: spec.finished === undefined ? null : at(spec.finished),
  };
  state.issues.push(issue);
  addEntry(draft, { kind: "issue", item: issue, by: spec.by, at: spec.created, type: 2 });
  settle(state, { milestones: [issue.milestone] }, at(spec.created));
  return issue;
}

function toItem(draft: Draft, spec: ItemSpec, statuses: readonly Status[], table: string): Item {
  const { state, project, at, userId } = draft;
  for (const tag of spec.tags ?? []) project.tags_colors[tag] ??= null;
  return {
    id: allocateId(state, table),
    ref: allocateRef(state, project),
    project: project.id,
    subject: spec.subject,
    description: spec.description ?? "",
    status: byName(statuses, project, spec.status ?? "New").id,
    owner: userId(spec.by),
    assigned_to: spec.assigned === undefined ? null : userId(spec.assigned),
    tags: spec.tags ?? [],
    watchers: findMentions(spec.description ?? "", state.users).map((user) => user.id),
    version: 1,
    is_blocked: spec.blocked !== undefined,
    blocked_note: spec.blocked ?? "",
    external_reference: null,
    created_date: at(spec.created),
    modified_date: at(spec.created),
  };
}

const toDue = (draft: Draft, spec: PlannedSpec) => ({
  due_date: spec.due === undefined ? null : draft.day(spec.due),
  due_date_reason: "",
});

const toSprintId = ({ state, project }: Draft, name: string | undefined): number | null =>
  name === undefined ? null : byName(state.milestones, project, name).id;

/** Every estimating role, with the project's "?" where nothing else is said. */
function toPoints({ state, project, own }: Draft, chosen: Record<string, string>) {
  const roles = own(state.roles).filter((role) => role.computable);
  return Object.fromEntries(
    roles.map((role) => {
      const points = byName(state.points, project, chosen[role.name] ?? "?");
      return [String(role.id), points.id];
    }),
  );
}
