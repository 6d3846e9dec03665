import { type MilestoneStats, type TaigaClient } from "@taiga-mcp/taiga-client";
import { type Project, type ProjectDirectory } from "../projects/project-directory.ts";
import {
  type Share,
  type SprintLine,
  toSprintLine,
  toSprintText,
} from "../projects/sprint-line.ts";
import { type BurndownDay, toBurndownChart } from "./burndown.ts";
import { capText, MAX_ANSWER_BYTES } from "../text/cap.ts";
import { fence } from "../text/fence.ts";
import { unnamedPeople } from "../items/item-words.ts";
import { toItemLine } from "../items/item-line.ts";
import { type ItemSummary, type SummaryContext, toSummary } from "../items/summary.ts";
import { createTaigaItems, type ItemRow } from "../items/taiga-items.ts";

/** The parts of a report that can be requested besides the progress. */
export const SPRINT_INCLUDES = ["stories", "tasks", "issues", "burndown"] as const;
export type SprintInclude = (typeof SPRINT_INCLUDES)[number];

type StoryInSprint = ItemSummary & { open_tasks?: ItemSummary[] };

/** A sprint with its progress and its items. */
export type SprintReport = SprintLine & {
  /** Calendar days from today until the last day; 0 on the last day. */
  days_left?: number;
  burndown?: BurndownDay[];
  stories?: StoryInSprint[];
  /** Open tasks of the sprint that belong to no listed story. */
  tasks?: ItemSummary[];
  issues?: ItemSummary[];
  /** Describes what the lists omit. */
  left_out?: string;
};

/** Rows of one list; more would not fit into an answer. */
const MAX_ROWS = 100;

/** Reads a sprint with at most five requests, however many items it has. */
export async function readSprint(
  { id, project, include }: { id: number; project: Project; include: ReadonlySet<SprintInclude> },
  taiga: TaigaClient,
  context: SummaryContext & { projects: Pick<ProjectDirectory, "nameFormerMembers"> },
): Promise<SprintReport> {
  const items = createTaigaItems(taiga);
  const filter = { project: project.id, milestone: id };
  const page = { pageSize: MAX_ROWS };
  const open = { ...filter, status__is_closed: false, order_by: "us_order" };
  const [sprint, stats, stories, tasks, issues] = await Promise.all([
    taiga.milestones.getById(id),
    include.has("burndown") ? taiga.milestones.stats(id) : undefined,
    // The sprint's own list of stories lacks further assignees.
    include.has("stories")
      ? items.list("story", { ...filter, order_by: "sprint_order" }, page)
      : undefined,
    include.has("tasks") ? items.list("task", open, page) : undefined,
    include.has("issues") ? items.list("issue", filter, page) : undefined,
  ]);
  const { today } = context;
  const toRow = (row: ItemRow) => toSummary(row, ROW_FIELDS, context);
  const line = toSprintLine(sprint, today);
  const rows = [stories, tasks, issues].flatMap((list) => list?.items ?? []);
  await context.projects.nameFormerMembers(project, rows.flatMap(unnamedPeople));
  const ids = new Set(stories?.items.map((story) => story.id));
  const below = Map.groupBy(tasks?.items ?? [], (task) =>
    task.kind === "task" && ids.has(task.user_story ?? 0) ? (task.user_story ?? 0) : 0,
  );
  const leftOut = [
    toLeftOut("stories", stories?.total, stories?.items.length),
    toLeftOut("open tasks", tasks?.total, tasks?.items.length),
    toLeftOut("issues", issues?.total, issues?.items.length),
  ].filter((text) => text !== undefined);
  return {
    ...line,
    ...(line.state === "current" && { days_left: daysBetween(today, line.finish) }),
    ...(stats && {
      progress: { ...line.progress, tasks: toTaskShare(stats) },
      burndown: toBurndown(stats, today),
    }),
    ...(stories && {
      stories: stories.items.map((story) => ({
        ...toSummary(story, STORY_FIELDS, context),
        ...(below.has(story.id) && {
          open_tasks: below.get(story.id)!.map((task) => toSummary(task, TASK_FIELDS, context)),
        }),
      })),
    }),
    ...(tasks && { tasks: (below.get(0) ?? []).map(toRow) }),
    ...(issues && { issues: issues.items.map(toRow) }),
    ...(leftOut.length > 0 && { left_out: leftOut.join(", ") }),
  };
}

const STORY_FIELDS = ["status", "assigned_to", "points", "due_date", "blocked", "closed"] as const;
const TASK_FIELDS = ["status", "assigned_to", "due_date", "blocked"] as const;
const ROW_FIELDS = [...TASK_FIELDS, "parent", "type", "severity", "priority", "closed"] as const;

const toLeftOut = (what: string, total = 0, shown = 0): string | undefined =>
  total > shown ? `${total - shown} more ${what}; find_items lists them` : undefined;

const DAY_MS = 24 * 60 * 60 * 1000;
const daysBetween = (from: string, to: string): number =>
  Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS);

const round = (points: number): number => Math.round(points * 10) / 10;

const toTaskShare = ({ completed_tasks: closed, total_tasks: total }: MilestoneStats): Share => ({
  closed,
  total,
});

const toBurndown = ({ days }: MilestoneStats, today: string): BurndownDay[] =>
  days.map(({ day, open_points, optimal_points }) => ({
    day,
    // Taiga repeats today's points for future days.
    ...(day <= today && { open: round(open_points) }),
    ideal: round(optimal_points),
  }));

/** Formats a sprint report as text: the progress, the burndown, then the items. */
export function toReportText(report: SprintReport): string {
  const { days_left: left, burndown = [] } = report;
  const today = burndown.findLast(({ open }) => open !== undefined);
  const parts = [
    [
      toSprintText(report),
      left !== undefined && (left === 0 ? "last day" : `${left} days left`),
      today !== undefined && report.state !== "closed" && toPace(today),
    ]
      .filter((part) => typeof part === "string")
      .join(" | "),
    ...(burndown.some(({ ideal }) => ideal > 0)
      ? [`burndown, open points a day (| ideal):\n${toBurndownChart(burndown)}`]
      : burndown.length > 0
        ? ["burndown: nothing is estimated"]
        : []),
    ...toPart("stories", report.stories, (story) => [
      toItemLine(story),
      ...(story.open_tasks ?? []).map((task) => `  ${toItemLine(task)}`),
    ]),
    ...(report.tasks?.length === 0 && report.stories !== undefined
      ? []
      : toPart("other open tasks", report.tasks, (task) => [toItemLine(task)])),
    ...toPart("issues", report.issues, (issue) => [toItemLine(issue)]),
    ...(report.left_out === undefined ? [] : [report.left_out]),
  ];
  return fence(capText(parts.join("\n"), MAX_ANSWER_BYTES));
}

function toPace({ open = 0, ideal }: BurndownDay): string {
  const difference = round(open - ideal);
  if (difference === 0) return "on the ideal line";
  return `${Math.abs(difference)} points ${difference > 0 ? "behind" : "ahead of"} the ideal line`;
}

function toPart<Row>(
  title: string,
  rows: readonly Row[] | undefined,
  toLines: (row: Row) => string[],
): string[] {
  if (rows === undefined) return [];
  return rows.length === 0 ? [`${title}: none`] : [`${title}:`, ...rows.flatMap(toLines)];
}
