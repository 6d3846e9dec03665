import type { Context } from "../model/context.ts";
import { totalPoints } from "../model/kinds.ts";
import type { Milestone } from "../model/state.ts";
import { toSprintStory } from "../items/story-views.ts";
import { toProjectExtraInfo } from "../projects/project-views.ts";

/** A sprint with its stories. */
export function toMilestone(context: Context, milestone: Milestone) {
  const { state } = context;
  const stories = state.userstories
    .filter((story) => story.milestone === milestone.id)
    .toSorted((a, b) => a.sprint_order - b.sprint_order || a.ref - b.ref);
  const sum = (rows: typeof stories): number | null =>
    rows
      .map((story) => totalPoints(state, story))
      .reduce((total, points) => (points === null ? total : (total ?? 0) + points), null);
  const { watchers: _watchers, ...columns } = milestone;
  return {
    ...columns,
    project_extra_info: toProjectExtraInfo(state, milestone.project),
    user_stories: stories.map((story) => toSprintStory(context, story)),
    total_points: sum(stories),
    closed_points: sum(stories.filter((story) => story.is_closed)),
  };
}
