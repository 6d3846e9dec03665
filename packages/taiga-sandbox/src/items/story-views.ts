import type { Context } from "../model/context.ts";
import { totalPoints } from "../model/kinds.ts";
import { mustFind } from "../model/rows.ts";
import type { State, UserStory } from "../model/state.ts";
import { toDueFields, toStatusExtraInfo, toStoryEpics } from "./item-fields.ts";
import { toProjectExtraInfo } from "../projects/project-views.ts";
import { toUserExtraInfo } from "../projects/user-views.ts";

/** The few fields of a story that a dashboard shows. */
export function toDashboardStory(context: Context, story: UserStory): Record<string, unknown> {
  const { state } = context;
  return {
    ...toDueFields(context, "userstory", story),
    assigned_to: story.assigned_to,
    assigned_to_extra_info: toUserExtraInfo(state, story.assigned_to),
    status: story.status,
    status_extra_info: toStatusExtraInfo(state, "userstory", story.status),
    project: story.project,
    project_extra_info: toProjectExtraInfo(state, story.project),
    id: story.id,
    ref: story.ref,
    milestone: story.milestone,
    is_closed: story.is_closed,
    created_date: story.created_date,
    modified_date: story.modified_date,
    finish_date: story.finish_date,
    subject: story.subject,
    client_requirement: story.client_requirement,
    team_requirement: story.team_requirement,
    external_reference: story.external_reference,
    version: story.version,
    is_blocked: story.is_blocked,
    blocked_note: story.blocked_note,
  };
}

/** A story within its sprint. */
export const toSprintStory = (context: Context, story: UserStory): Record<string, unknown> => ({
  ...toDashboardStory(context, story),
  backlog_order: story.backlog_order,
  sprint_order: story.sprint_order,
  kanban_order: story.kanban_order,
  epics: toStoryEpics(context.state, story),
  points: story.points,
  total_points: totalPoints(context.state, story),
});

/** The tasks of a story as `include_tasks` lists them. */
export const toStoryTasks = (state: State, story: UserStory) =>
  state.tasks
    .filter((task) => task.user_story === story.id)
    .toSorted((a, b) => a.us_order - b.us_order || a.ref - b.ref)
    .map((task) => ({
      id: task.id,
      ref: task.ref,
      subject: task.subject,
      status_id: task.status,
      is_blocked: task.is_blocked,
      is_iocaine: task.is_iocaine,
      is_closed: mustFind(state.taskStatuses, task.status).is_closed,
    }));
