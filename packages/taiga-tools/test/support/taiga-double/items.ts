import type { ProjectDetail } from "@taiga-mcp/taiga-client";
import type { AnyItem, Kind } from "./state.ts";

/** An item as Taiga answers it when nothing but `values` was said of it. */
export function newItem(
  kind: Kind,
  id: number,
  ref: number,
  projects: ProjectDetail[],
  values: Record<string, unknown>,
): AnyItem {
  const home = projects.find((one) => one.id === (values["project"] ?? 1))!;
  const at = new Date(Date.UTC(2026, 10, 1, 0, 0, ref)).toISOString();
  const base = {
    id,
    ref,
    version: 1,
    subject: `Subject ${ref}`,
    description: "",
    project: home.id,
    project_extra_info: { id: home.id, name: home.name, slug: home.slug },
    status: { userstory: 1, task: 11, issue: 21, epic: 31 }[kind],
    owner: 6,
    owner_extra_info: { id: 6, username: "alice", full_name_display: "Alice", is_active: true },
    assigned_to: null,
    milestone: null,
    milestone_slug: null,
    tags: [],
    is_closed: false,
    is_blocked: false,
    blocked_note: "",
    due_date: null,
    due_date_reason: "",
    due_date_status: null,
    created_date: at,
    modified_date: at,
    watchers: [],
    is_watcher: false,
    total_watchers: 0,
    is_voter: false,
    total_voters: 0,
    total_comments: 0,
    external_reference: [],
  };
  const own = {
    userstory: {
      milestone_name: null,
      swimlane: null,
      assigned_users: [],
      points: { 1: 1, 2: 1 },
      total_points: null,
      backlog_order: id,
      sprint_order: id,
      kanban_order: id,
      finish_date: null,
      client_requirement: false,
      team_requirement: false,
      epics: [],
      tasks: [],
      total_attachments: 0,
    },
    task: {
      user_story: null,
      user_story_extra_info: null,
      us_order: id,
      taskboard_order: id,
      finished_date: null,
      is_iocaine: false,
    },
    issue: { type: 1, severity: 1, priority: 1, finished_date: null, generated_user_stories: [] },
    epic: { color: "#000000", epics_order: id, user_stories_counts: { total: 0, progress: null } },
  }[kind];
  const item = { ...base, ...own } as unknown as AnyItem;
  write(item, values, home);
  return item;
}

/** Writes fields as Taiga answers them: tags as pairs, statuses and people with their names. */
export function write(item: AnyItem, changes: Record<string, unknown>, home: ProjectDetail): void {
  const { tags, points, comment: _comment, ...rest } = changes;
  Object.assign(item, rest);
  if (Array.isArray(tags)) item.tags = tags.map((tag: string) => [tag, null]);
  if (points !== undefined && "points" in item) Object.assign(item.points as object, points);
  const statuses = [
    ...home.us_statuses,
    ...home.task_statuses,
    ...home.issue_statuses,
    ...home.epic_statuses,
  ];
  const its = statuses.find(({ id }) => id === item.status)!;
  item.status_extra_info = { name: its.name, color: "", is_closed: its.is_closed };
  item.is_closed = its.is_closed;
  const assignee = home.members.find(({ id }) => id === item.assigned_to);
  item.assigned_to_extra_info = assignee ?? null;
}
