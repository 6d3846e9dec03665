import type { Handler } from "../http/endpoint.ts";
import { toBody, type Body } from "../http/fields.ts";
import { verifyPermission, verifyWritable } from "../model/access.ts";
import type { Context } from "../model/context.ts";
import { invalidFields } from "../model/errors.ts";
import { findById, ownRows } from "../model/rows.ts";
import type { Project, State, Task } from "../model/state.ts";

type OrderField = "us_order" | "taskboard_order";

const REQUIRED = ["This field is required."];

const FOREIGN = [
  "Invalid task ids. All tasks must belong to the same project and, if it exists, to the same status, user story and/or milestone.",
];

/** The parameters that say where the tasks are, with the task's column and its refusal. */
const PLACES = [
  [
    "us_id",
    "user_story",
    "userstories",
    "Invalid user story id. The user story must belong to the same project.",
  ],
  [
    "status_id",
    "status",
    "taskStatuses",
    "Invalid task status id. The status must belong to the same project.",
  ],
  [
    "milestone_id",
    "milestone",
    "milestones",
    "Invalid milestone id. The milestone must belong to the same project.",
  ],
] as const;

/**
 * `POST /tasks/bulk_update_us_order` and `/tasks/bulk_update_taskboard_order`: the positions of
 * tasks in one place. Neither a version nor a history entry follows.
 *
 * @returns all positions of the tasks in that place, by id.
 * @throws {ApiError} as Taiga answers; all refused fields at once.
 */
export const createTaskOrder =
  ({ state }: Context, field: OrderField): Handler =>
  (req, actor) => {
    const body = toBody(req.body);
    const missing = ["project_id", "bulk_tasks"].filter((name) => (body[name] ?? null) === null);
    if (missing.length > 0) {
      throw invalidFields(Object.fromEntries(missing.map((name) => [name, REQUIRED])));
    }
    const project = findById(state.projects, Number(body["project_id"]));
    if (project === undefined) {
      throw invalidFields({ project_id: ["There's no project with that id"], bulk_tasks: FOREIGN });
    }
    const errors: Record<string, string[]> = {};
    const tasks = findTasks(state, body, project, errors);
    const moves = readMoves(body["bulk_tasks"], tasks, errors);
    if (Object.keys(errors).length > 0) throw invalidFields(errors);
    verifyPermission(state, actor, project, "modify_task");
    verifyWritable(project);
    for (const { task, order } of moves) makePlace(tasks, task, field, order);
    return Object.fromEntries(tasks.map((task) => [task.id, task[field]]));
  };

/** The tasks of the project at the place that the request names. */
function findTasks(
  state: State,
  body: Body,
  project: Project,
  errors: Record<string, string[]>,
): Task[] {
  let tasks = ownRows(state.tasks, project);
  for (const [name, column, table, message] of PLACES) {
    const value = body[name];
    if (value === undefined) continue;
    const id = value === null ? null : Number(value);
    const rows: readonly { id: number; project: number }[] = state[table];
    if (id === null || findById(rows, id)?.project !== project.id) errors[name] = [message];
    tasks = tasks.filter((task) => task[column] === id);
  }
  return tasks;
}

function readMoves(
  value: unknown,
  tasks: readonly Task[],
  errors: Record<string, string[]>,
): { task: Task; order: number }[] {
  const entries: unknown[] = Array.isArray(value) ? value : [value];
  const moves = entries.flatMap((entry) => {
    const { task_id, order } = (entry ?? {}) as { task_id?: unknown; order?: unknown };
    const task = findById(tasks, Number(task_id));
    return task === undefined ? [] : [{ task, order: Number(order) || 0 }];
  });
  if (moves.length < entries.length) errors["bulk_tasks"] = FOREIGN;
  return moves;
}

/** Pushes the tasks at or behind the new position back. */
function makePlace(tasks: readonly Task[], moved: Task, field: OrderField, order: number): void {
  const isTaken = tasks.some((task) => task !== moved && task[field] === order);
  if (isTaken) {
    for (const task of tasks) if (task !== moved && task[field] >= order) task[field] += 1;
  }
  moved[field] = order;
}
