import { findById, mustFind } from "../model/rows.ts";
import type { Milestone, State, UserStory } from "../model/state.ts";

/**
 * A story with tasks is closed when all of them are, regardless of its own status; without tasks
 * its status decides. `finish_date` follows.
 *
 * @param now stamped on a story that closes.
 */
function settleStory(state: State, story: UserStory, now: string): void {
  const tasks = state.tasks.filter((task) => task.user_story === story.id);
  const isClosed =
    tasks.length > 0
      ? tasks.every((task) => mustFind(state.taskStatuses, task.status).is_closed)
      : mustFind(state.storyStatuses, story.status).is_closed;
  if (isClosed === story.is_closed) return;
  story.is_closed = isClosed;
  story.finish_date = isClosed ? now : null;
}

/** A sprint is closed when it holds at least one item and all its items are closed. */
function settleMilestone(state: State, milestone: Milestone): void {
  const within = (item: { milestone: number | null }): boolean => item.milestone === milestone.id;
  const closed = [
    ...state.userstories.filter(within).map((story) => story.is_closed),
    ...state.tasks
      .filter((task) => within(task) && task.user_story === null)
      .map((task) => mustFind(state.taskStatuses, task.status).is_closed),
    ...state.issues
      .filter(within)
      .map((issue) => mustFind(state.issueStatuses, issue.status).is_closed),
  ];
  milestone.closed = closed.length > 0 && closed.every(Boolean);
}

/** The story and sprint that an item's change may close or reopen; null ids are skipped. */
export interface Touched {
  stories?: (number | null)[];
  milestones?: (number | null)[];
}

/** Updates stories and sprints after an item's change. */
export function settle(state: State, touched: Touched, now: string): void {
  const milestones = new Set(touched.milestones);
  for (const id of new Set(touched.stories)) {
    const story = findById(state.userstories, id);
    if (story === undefined) continue;
    settleStory(state, story, now);
    milestones.add(story.milestone);
  }
  for (const id of milestones) {
    const milestone = findById(state.milestones, id);
    if (milestone !== undefined) settleMilestone(state, milestone);
  }
}
