import { settle } from "../../items/closing.ts";
import { stampFinish } from "../../items/item-rules.ts";
import { toTimestamp, type Context } from "../../model/context.ts";
import type { Value, ValueList } from "./value-lists.ts";

/**
 * Closes or reopens what has a status that was just declared closed or open.
 *
 * @see taiga-back projects/signals.py, try_to_close_or_open_user_stories_when_edit_us_status
 */
export function settleStatus({ state, clock }: Context, list: ValueList, status: Value): void {
  const now = toTimestamp(clock());
  const has = (row: { status: number }): boolean => row.status === status.id;
  const isClosed = status.is_closed === true;
  if (list.table === "storyStatuses") {
    const stories = state.userstories.filter(has).map((story) => story.id);
    settle(state, { stories }, now);
  } else if (list.table === "taskStatuses") {
    const tasks = state.tasks.filter(has);
    for (const task of tasks) stampFinish(task, isClosed, now);
    const stories = tasks.map((task) => task.user_story);
    settle(state, { stories, milestones: tasks.map((task) => task.milestone) }, now);
  } else if (list.table === "issueStatuses") {
    const issues = state.issues.filter(has);
    for (const issue of issues) stampFinish(issue, isClosed, now);
    settle(state, { milestones: issues.map((issue) => issue.milestone) }, now);
  }
}
