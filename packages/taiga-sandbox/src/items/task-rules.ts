import { readIds, readStatus } from "./bulk-rules.ts";
import { toTimestamp } from "../model/context.ts";
import { wrongArguments } from "../model/errors.ts";
import * as field from "../http/fields.ts";
import { dueFields, stampFinish, type ItemRules } from "./item-rules.ts";
import { makeRoom } from "./ordering.ts";
import { allocateOrder, findById, mustFind } from "../model/rows.ts";
import type { State, Task } from "../model/state.ts";
import { readOwnId } from "./writes.ts";

/** How tasks are written. */
export const taskRules: ItemRules<"task"> = {
  kind: "task",
  title: "task",
  fields: (state) => ({
    ...dueFields,
    user_story: field.optionalReference(state.userstories),
    milestone: field.optionalReference(state.milestones),
    us_order: field.position,
    taskboard_order: field.position,
    is_iocaine: field.flag,
  }),
  kept: [],
  newColumns: ({ state, clock }, { defaults }) => {
    const order = Math.floor(allocateOrder(state, clock()) / 1000);
    return {
      status: defaults.task_status,
      due_date: null,
      due_date_reason: "",
      user_story: null,
      milestone: null,
      us_order: order,
      taskboard_order: order,
      is_iocaine: false,
      finished_date: null,
    };
  },
  references: (state, task) => [
    ["sprint", state.milestones, task.milestone],
    ["user story", state.userstories, task.user_story],
    ["status", state.taskStatuses, task.status],
  ],
  refuse: wrongArguments,
  referencesFirst: false,
  /** A task with a story is always in the story's sprint. */
  align: (state, task) => {
    const story = findById(state.userstories, task.user_story);
    if (story !== undefined) task.milestone = story.milestone;
  },
  complete: ({ state, clock }, task) => {
    const { is_closed } = mustFind(state.taskStatuses, task.status);
    stampFinish(task, is_closed, toTimestamp(clock()));
  },
  reorder: ({ state }, task, old) => reorderTasks(state, task, old),
  touched: (task) => ({ stories: [task.user_story], milestones: [task.milestone] }),
  bulk: {
    field: "bulk_tasks",
    // Bulk creation of tasks requires a sprint.
    required: ["milestone_id"],
    readColumns: (state, body, project) => ({
      milestone: readOwnId(body, "milestone_id", {
        rows: state.milestones,
        project,
        message: "Invalid milestone id. The milestone must belong to the same project.",
      })!,
      user_story:
        readOwnId(body, "us_id", {
          rows: state.userstories,
          project,
          message: "Invalid user story id. The user story must belong to the same project.",
        }) ?? null,
      status:
        readStatus(body, project, { rows: state.taskStatuses, title: "task" }) ??
        project.defaults.task_status,
    }),
    newestFirst: false,
    plan: { plural: "tasks", readRows: readIds("task_id"), answersSprints: true },
  },
};

/** Unlike for stories, the returned positions include the moved task itself. */
function reorderTasks(state: State, task: Task, old: Task): Record<string, number> {
  const own = (order: number) => ({ [String(task.id)]: order });
  const inStory = state.tasks.filter((row) => row.user_story === task.user_story);
  const inCell = state.tasks.filter(
    (row) => row.status === task.status && row.milestone === task.milestone,
  );
  const movedInStory = task.us_order !== old.us_order || task.user_story !== old.user_story;
  const movedOnBoard =
    task.taskboard_order !== old.taskboard_order ||
    task.status !== old.status ||
    task.user_story !== old.user_story;
  return {
    ...(movedInStory && { ...makeRoom(inStory, task, "us_order"), ...own(task.us_order) }),
    ...(movedOnBoard && {
      ...makeRoom(inCell, task, "taskboard_order"),
      ...own(task.taskboard_order),
    }),
  };
}
