import { toHtml } from "../model/markup.ts";
import { allAssignees, type ObjectRows } from "../model/kinds.ts";
import type { FrozenFile } from "./readable-diff.ts";
import type {
  Epic,
  Issue,
  Item,
  ItemKind,
  ObjectKind,
  State,
  Task,
  UserStory,
} from "../model/state.ts";

/** The fields of an object whose changes are recorded, at one moment. */
export type Snapshot = Record<string, unknown>;

/** An object together with its kind. */
export type Recorded = {
  [Kind in ObjectKind]: { kind: Kind; item: ObjectRows[Kind] };
}[ObjectKind];

/**
 * The compared fields. A story's assignee appears within `assigned_users` and never as
 * `assigned_to`, as in taiga-back; watchers are not recorded.
 *
 * @see taiga-back projects/history/freeze_impl.py
 */
export function takeSnapshot(state: State, { kind, item }: Recorded): Snapshot {
  const attachments = freezeAttachments(state, kind, item.id);
  if (kind === "wiki") {
    const { slug, owner, content } = item;
    const content_html = toHtml(content, state.users);
    return { slug, owner, content, content_html, attachments };
  }
  const own = {
    epic: () => ofEpic(item as Epic),
    userstory: () => ofStory(item as UserStory),
    task: () => ofTask(item as Task),
    issue: () => ofIssue(item as Issue),
  };
  return structuredClone({ ...ofItem(state, kind, item), attachments, ...own[kind]() });
}

const ofItem = (state: State, kind: ItemKind, item: Item): Snapshot => ({
  subject: item.subject,
  description: item.description,
  description_html: toHtml(item.description, state.users),
  status: item.status,
  owner: item.owner,
  tags: item.tags,
  is_blocked: item.is_blocked,
  blocked_note: item.blocked_note,
  blocked_note_html: toHtml(item.blocked_note, state.users),
  custom_attributes: listCustomValues(state, kind, item.id),
});

const ofPlanned = ({ milestone, due_date, due_date_reason }: UserStory | Task | Issue) => ({
  milestone,
  due_date,
  due_date_reason,
});

const ofEpic = (epic: Epic): Snapshot => ({
  assigned_to: epic.assigned_to,
  color: epic.color,
  epics_order: epic.epics_order,
  client_requirement: epic.client_requirement,
  team_requirement: epic.team_requirement,
});

const ofStory = (story: UserStory): Snapshot => ({
  ...ofPlanned(story),
  assigned_users: allAssignees(story),
  points: story.points,
  swimlane: story.swimlane,
  is_closed: story.is_closed,
  finish_date: story.finish_date,
  backlog_order: story.backlog_order,
  sprint_order: story.sprint_order,
  kanban_order: story.kanban_order,
  client_requirement: story.client_requirement,
  team_requirement: story.team_requirement,
});

const ofTask = (task: Task): Snapshot => ({
  ...ofPlanned(task),
  assigned_to: task.assigned_to,
  user_story: task.user_story,
  us_order: task.us_order,
  taskboard_order: task.taskboard_order,
  is_iocaine: task.is_iocaine,
});

const ofIssue = (issue: Issue): Snapshot => ({
  ...ofPlanned(issue),
  assigned_to: issue.assigned_to,
  type: issue.type,
  severity: issue.severity,
  priority: issue.priority,
});

function listCustomValues(state: State, kind: ItemKind, object: number): unknown[] {
  const stored = state.customAttributeValues.find(
    (row) => row.kind === kind && row.object === object,
  );
  return Object.entries(stored?.attributes_values ?? {}).flatMap(([id, value]) => {
    const attribute = state.customAttributes.find(
      (row) => row.kind === kind && row.id === Number(id),
    );
    return attribute
      ? [{ id: attribute.id, name: attribute.name, value, type: attribute.type }]
      : [];
  });
}

/** The address has no token, which would expire long before the history does. */
const freezeAttachments = (state: State, kind: ObjectKind, object: number): FrozenFile[] =>
  state.attachments
    .filter((row) => row.kind === kind && row.object === object)
    .map((row) => ({
      id: row.id,
      filename: row.name,
      url: `/media/${row.attached_file}`,
      attached_file: row.attached_file,
      thumbnail_file: null,
      is_deprecated: row.is_deprecated,
      description: row.description,
      order: row.order,
    }));
