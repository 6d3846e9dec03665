import type { IssueSeed, Moment, Seed, SprintSeed, StorySeed, TaskSeed } from "./seed.ts";
import { SCRUM } from "../projects/templates.ts";

/** How much to generate; the rest follows from it. */
export interface GeneratedSize {
  stories: number;
  issues: number;
  /** Of each story. */
  tasksPerStory: number;
}

const TEAM = ["ada", "ben", "cleo", "dev"] as const;
const ROLES = ["UX", "Design", "Front", "Back"] as const;
const POINTS = ["?", "0", "1/2", "1", "2", "3", "5", "8"] as const;
const WORDS = "ride map bike lock fare badge alert report login search photo route".split(" ");
const TAGS = ["mobile", "backend", "design", "legal", "urgent", "later"] as const;
const STORIES_PER_SPRINT = 50;

/**
 * A seed with thousands of items, the same for the same arguments.
 *
 * @param start of the sequence of random numbers.
 */
export function generateSeed({ stories, issues, tasksPerStory }: GeneratedSize, start = 1): Seed {
  const random = createRandom(start);
  const pick = <Value>(values: readonly Value[]): Value => values[random(values.length)]!;
  const subject = (): string => [1, 2, 3].map(() => pick(WORDS)).join(" ");
  const created = (): Moment => [-random(300), `${String(8 + random(10)).padStart(2, "0")}:00`];
  const common = (statuses: readonly string[]) => ({
    subject: subject(),
    description: `${subject()}.\n\n${subject()}.`,
    status: pick(statuses),
    by: pick(TEAM),
    created: created(),
    ...(random(3) > 0 && { assigned: pick(TEAM) }),
    tags: random(2) === 0 ? [] : [pick(TAGS)],
  });
  const names = (rows: readonly (readonly [name: string, ...rest: unknown[]])[]) =>
    rows.map(([name]) => name);
  const task = (): TaskSeed => common(names(SCRUM.taskStatuses));
  const story = (): StorySeed => ({
    ...common(names(SCRUM.storyStatuses)),
    points: { [pick(ROLES)]: pick(POINTS) },
    tasks: Array.from({ length: tasksPerStory }, task),
  });
  const issue = (): IssueSeed => ({
    ...common(names(SCRUM.issueStatuses)),
    type: pick(names(SCRUM.issueTypes)),
    severity: pick(names(SCRUM.severities)),
    priority: pick(names(SCRUM.priorities)),
  });
  const sprint = (index: number): SprintSeed => ({
    name: `Sprint ${index + 1}`,
    days: [index * 14 - 280, index * 14 - 267],
    stories: Array.from({ length: STORIES_PER_SPRINT }, story),
  });
  const planned = Math.floor(stories / 2 / STORIES_PER_SPRINT);
  return {
    users: TEAM.map((username) => ({
      username,
      full_name: `${username} of the team`,
      color: "#70728f",
    })),
    projects: [
      {
        name: "Large project",
        slug: "large-project",
        description: "Generated.",
        owner: TEAM[0],
        template: SCRUM,
        is_private: true,
        tags: [],
        columns: { is_epics_activated: true, is_kanban_activated: true },
        members: TEAM.slice(1).map((name, index) => [name, ROLES[index]!] as const),
        sprints: Array.from({ length: planned }, (_, index) => sprint(index)),
        stories: Array.from({ length: stories - planned * STORIES_PER_SPRINT }, story),
        issues: Array.from({ length: issues }, issue),
      },
    ],
  };
}

/** Whole numbers below a limit, from a linear congruential generator (Numerical Recipes). */
function createRandom(start: number): (limit: number) => number {
  let state = start >>> 0;
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}
