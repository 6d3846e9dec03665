import { type Milestone } from "@taiga-mcp/taiga-client";
import { toOneLine } from "../text/clean.ts";

/** A sprint as lists show it. */
export type SprintLine = {
  name: string;
  /** `YYYY-MM-DD` */
  start: string;
  finish: string;
  /** `late`: the last day has passed and the sprint is still open. */
  state: "current" | "upcoming" | "late" | "closed";
  progress: { points: Share; stories: Share; tasks?: Share };
};

/** The closed part of a total. */
export interface Share {
  closed: number;
  total: number;
}

/** @param today `YYYY-MM-DD` */
export function toSprintLine(sprint: Milestone, today: string): SprintLine {
  const { user_stories: stories } = sprint;
  return {
    name: toOneLine(sprint.name),
    start: sprint.estimated_start,
    finish: sprint.estimated_finish,
    state: toState(sprint, today),
    progress: {
      points: { closed: sprint.closed_points ?? 0, total: sprint.total_points ?? 0 },
      stories: {
        closed: stories.filter((story) => story.is_closed).length,
        total: stories.length,
      },
    },
  };
}

function toState(sprint: Milestone, today: string): SprintLine["state"] {
  if (sprint.closed) return "closed";
  if (today < sprint.estimated_start) return "upcoming";
  return today <= sprint.estimated_finish ? "current" : "late";
}

/** `Sprint 5 | 2026-11-16 to 2026-11-27 | current | 8 of 21 points, 3 of 7 stories closed` */
export function toSprintText({ name, start, finish, state, progress }: SprintLine): string {
  const { points, stories, tasks } = progress;
  const of = ({ closed, total }: Share, what: string) => `${closed} of ${total} ${what}`;
  const shares = [
    of(points, "points"),
    of(stories, "stories"),
    ...(tasks === undefined ? [] : [of(tasks, "tasks")]),
  ];
  const isEmpty = stories.total === 0 && (tasks?.total ?? 0) === 0;
  const closed = isEmpty ? "no stories" : `${shares.join(", ")} closed`;
  return [name, `${start} to ${finish}`, state, closed].join(" | ");
}
