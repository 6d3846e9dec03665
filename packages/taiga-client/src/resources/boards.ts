import { z } from "zod";
import type { TaigaRequest } from "../taiga-request.ts";
import { act } from "./followers.ts";
import { orNull } from "./schema-parts.ts";

/** A neighbour: the moved stories come right after or before it; without one they go to the top. */
export interface Neighbour {
  afterId?: number | undefined;
  beforeId?: number | undefined;
}

/** A story's place after a move in the backlog or in a sprint. */
export const BacklogPlace = z.object({ id: z.int(), milestone: orNull(z.int()) });
export type BacklogPlace = z.output<typeof BacklogPlace>;

/** A story's place after a move on the kanban board. */
export const KanbanPlace = z.object({
  id: z.int(),
  swimlane: orNull(z.int()),
  status: z.int(),
  kanban_order: z.number(),
});
export type KanbanPlace = z.output<typeof KanbanPlace>;

/** A place on a board; tasks take numbers instead of neighbours. */
export interface TaskPlace {
  id: number;
  order: number;
}

/**
 * Moves on boards. They write history but count no version: a later update with an older version
 * passes, so compare the fields themselves.
 */
export interface Boards {
  /** Moves stories within the backlog (`milestoneId` null) or a sprint, or from one to the other. */
  moveInBacklog(
    move: {
      projectId: number;
      milestoneId: number | null;
      storyIds: readonly number[];
    } & Neighbour,
  ): Promise<BacklogPlace[]>;
  /** Moves stories to a column, in a swimlane where the project has any. */
  moveOnKanban(
    move: {
      projectId: number;
      statusId: number;
      swimlaneId?: number | undefined;
      storyIds: readonly number[];
    } & Neighbour,
  ): Promise<KanbanPlace[]>;
  /** Puts stories into a sprint; their tasks follow. Each must belong to the project. */
  moveStoriesToSprint(
    projectId: number,
    milestoneId: number,
    stories: readonly TaskPlace[],
  ): Promise<void>;
  /** Puts tasks into a sprint, also into another than their story's. @returns task id → sprint id */
  moveTasksToSprint(
    projectId: number,
    milestoneId: number,
    tasks: readonly TaskPlace[],
  ): Promise<Record<string, number>>;
  /** Puts issues into a sprint. @returns issue id → sprint id */
  moveIssuesToSprint(
    projectId: number,
    milestoneId: number,
    issueIds: readonly number[],
  ): Promise<Record<string, number>>;
  /** Orders tasks on a sprint's task board. @returns task id → order, of every task that shifted */
  orderTaskboard(move: TaskMove): Promise<Record<string, number>>;
  /** Orders the tasks of a story. @returns like `orderTaskboard` */
  orderTasksOfStory(move: TaskMove): Promise<Record<string, number>>;
  /** Moves what is in one sprint to another; needs the right to modify sprints. */
  moveSprintContent(move: SprintMove): Promise<void>;
}

/** Tasks to order, and the column or story that they go to. */
export interface TaskMove {
  projectId: number;
  tasks: readonly TaskPlace[];
  storyId?: number | undefined;
  statusId?: number | undefined;
  milestoneId?: number | undefined;
}

/** Items that change from one sprint to another; lists that are empty send nothing. */
export interface SprintMove {
  projectId: number;
  fromId: number;
  toId: number;
  stories?: readonly TaskPlace[];
  tasks?: readonly TaskPlace[];
  issueIds?: readonly number[];
}

const Orders = z.record(z.string(), z.number());

/** `/userstories/bulk_update_backlog_order` and the other bulk moves */
export function createBoards(request: TaigaRequest): Boards {
  const post = async <Schema extends z.ZodType>(path: string, body: object, schema: Schema) =>
    (await request({ method: "POST", path, body, schema })).data;
  const orderTasks = (board: "taskboard" | "us", move: TaskMove) =>
    post(
      `/tasks/bulk_update_${board}_order`,
      {
        project_id: move.projectId,
        us_id: move.storyId,
        status_id: move.statusId,
        milestone_id: move.milestoneId,
        bulk_tasks: toTasks(move.tasks),
      },
      Orders,
    );
  return {
    moveInBacklog: ({ projectId, milestoneId, storyIds, ...neighbour }) => {
      const body = {
        project_id: projectId,
        milestone_id: milestoneId,
        ...toNeighbour(neighbour),
        bulk_userstories: storyIds,
      };
      return post("/userstories/bulk_update_backlog_order", body, z.array(BacklogPlace));
    },
    moveOnKanban: ({ projectId, statusId, swimlaneId, storyIds, ...neighbour }) => {
      const body = {
        project_id: projectId,
        status_id: statusId,
        // Taiga refuses null; a project without swimlanes leaves it out.
        swimlane_id: swimlaneId,
        ...toNeighbour(neighbour),
        bulk_userstories: storyIds,
      };
      return post("/userstories/bulk_update_kanban_order", body, z.array(KanbanPlace));
    },
    moveStoriesToSprint: (projectId, milestoneId, stories) =>
      act(request, "/userstories/bulk_update_milestone", {
        project_id: projectId,
        milestone_id: milestoneId,
        bulk_stories: toStories(stories),
      }),
    moveTasksToSprint: (projectId, milestoneId, tasks) => {
      const body = { project_id: projectId, milestone_id: milestoneId, bulk_tasks: toTasks(tasks) };
      return post("/tasks/bulk_update_milestone", body, Orders);
    },
    moveIssuesToSprint: (projectId, milestoneId, issueIds) => {
      const body = {
        project_id: projectId,
        milestone_id: milestoneId,
        bulk_issues: toIssues(issueIds),
      };
      return post("/issues/bulk_update_milestone", body, Orders);
    },
    orderTaskboard: (move) => orderTasks("taskboard", move),
    orderTasksOfStory: (move) => orderTasks("us", move),
    moveSprintContent: async ({ projectId, fromId, toId, stories, tasks, issueIds }) => {
      const path = `/milestones/${fromId}`;
      const target = { project_id: projectId, milestone_id: toId };
      if (stories?.length) {
        const body = { ...target, bulk_stories: toStories(stories) };
        await act(request, `${path}/move_userstories_to_sprint`, body);
      }
      if (tasks?.length) {
        const body = { ...target, bulk_tasks: toTasks(tasks) };
        await act(request, `${path}/move_tasks_to_sprint`, body);
      }
      if (issueIds?.length) {
        const body = { ...target, bulk_issues: toIssues(issueIds) };
        await act(request, `${path}/move_issues_to_sprint`, body);
      }
    },
  };
}

const toNeighbour = ({ afterId, beforeId }: Neighbour) => ({
  after_userstory_id: afterId,
  before_userstory_id: beforeId,
});
const toStories = (stories: readonly TaskPlace[]) =>
  stories.map(({ id, order }) => ({ us_id: id, order }));
const toTasks = (tasks: readonly TaskPlace[]) =>
  tasks.map(({ id, order }) => ({ task_id: id, order }));
const toIssues = (issueIds: readonly number[]) => issueIds.map((id) => ({ issue_id: id }));
