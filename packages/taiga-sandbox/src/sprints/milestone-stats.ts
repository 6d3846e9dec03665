import { findById, mustFind } from "../model/rows.ts";
import type { Milestone, State, UserStory } from "../model/state.ts";

const DAY_MS = 86_400_000;

/** Points by role id, without roles that have none. */
type RolePoints = Map<string, number>;

/**
 * `/milestones/{id}/stats`: totals, and the open points on each day of the sprint.
 *
 * A closed task counts as its share of its story's points on the day it was closed; a story
 * without tasks counts on the day it was finished. Work closed before the sprint counts on its
 * first day. Future days repeat the current value.
 *
 * @see taiga-back projects/milestones/models.py, total_closed_points_by_date
 */
export function toMilestoneStats(state: State, milestone: Milestone) {
  const stories = state.userstories.filter((story) => story.milestone === milestone.id);
  const tasks = state.tasks.filter((task) => task.milestone === milestone.id);
  const totals = sumPoints(state, stories);
  const completed = sumPoints(
    state,
    stories.filter((story) => story.is_closed),
  );
  return {
    name: milestone.name,
    estimated_start: milestone.estimated_start,
    estimated_finish: milestone.estimated_finish,
    total_points: Object.fromEntries(totals),
    completed_points: [...completed.values()],
    total_userstories: stories.length,
    completed_userstories: stories.filter((story) => story.is_closed).length,
    total_tasks: tasks.length,
    completed_tasks: tasks.filter((task) => mustFind(state.taskStatuses, task.status).is_closed)
      .length,
    iocaine_doses: tasks.filter((task) => task.is_iocaine).length,
    days: toDays(milestone, sum(totals), listClosings(state, milestone, stories)),
  };
}

const sum = (points: RolePoints): number => [...points.values()].reduce((all, one) => all + one, 0);

function sumPoints(state: State, stories: readonly UserStory[]): RolePoints {
  const points: RolePoints = new Map();
  for (const [role, id] of stories.flatMap((story) => Object.entries(story.points))) {
    const value = findById(state.points, id)?.value ?? 0;
    if (value > 0) points.set(role, (points.get(role) ?? 0) + value);
  }
  return points;
}

interface Closing {
  /** `YYYY-MM-DD`, in UTC. */
  day: string;
  points: number;
}

function listClosings(
  state: State,
  milestone: Milestone,
  stories: readonly UserStory[],
): Closing[] {
  return stories.flatMap((story) => {
    const points = sum(sumPoints(state, [story]));
    const tasks = state.tasks.filter((task) => task.user_story === story.id);
    const dates = tasks.length === 0 ? [story.finish_date] : tasks.map((row) => row.finished_date);
    const share = points / dates.length;
    return dates
      .filter((date) => date !== null)
      .map((date) => date.slice(0, 10))
      .map((day) => ({ day, points: share }));
  });
}

function toDays(milestone: Milestone, total: number, closings: readonly Closing[]) {
  const first = Date.parse(milestone.estimated_start);
  const length = (Date.parse(milestone.estimated_finish) - first) / DAY_MS;
  return Array.from({ length: length + 1 }, (_, index) => {
    const day = new Date(first + index * DAY_MS).toISOString().slice(0, 10);
    const closed = closings
      .filter((closing) => closing.day <= day)
      .reduce((all, closing) => all + closing.points, 0);
    return {
      day,
      name: Number(day.slice(8)),
      open_points: total - closed,
      optimal_points: length === 0 ? total : total - (total / length) * index,
    };
  });
}
