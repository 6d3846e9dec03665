import { group, type Endpoint } from "../../http/endpoint.ts";
import * as field from "../../http/fields.ts";
import { resourceRoutes } from "../../http/resource.ts";
import { findForWrite, verifyPermission, verifyWritable, type Actor } from "../../model/access.ts";
import type { Context } from "../../model/context.ts";
import { badRequest, invalidFields, notFound } from "../../model/errors.ts";
import { allocateId, findById, mustFind, ownRows } from "../../model/rows.ts";
import type { DueDate, State } from "../../model/state.ts";
import { DUE_DATES } from "../../projects/templates.ts";
import { ADMIN, REQUIRED } from "./value-writes.ts";

type Table = "storyDueDates" | "taskDueDates" | "issueDueDates";

interface Rules {
  path: string;
  model: string;
  table: Table;
  /** What the refusals call the rules and the item. */
  plural: string;
  item: string;
}

const LISTS: readonly Rules[] = [
  {
    path: "/userstory-due-dates",
    model: "UserStoryDueDate",
    table: "storyDueDates",
    plural: "due dates",
    item: "a user story",
  },
  {
    path: "/task-due-dates",
    model: "TaskDueDate",
    table: "taskDueDates",
    plural: "task due dates",
    item: "a task",
  },
  {
    path: "/issue-due-dates",
    model: "IssueDueDate",
    table: "issueDueDates",
    plural: "issue due dates",
    item: "an issue",
  },
];

const spec = (state: State) => ({
  project: field.reference(state.projects),
  name: field.text(255),
  order: field.position,
  by_default: field.flag,
  color: field.text(20),
  days_to_due: field.wholeNumber,
});

/** `/{kind}-due-dates`: which due dates count as soon or past. */
export function dueDateRoutes(context: Context): Record<string, Endpoint> {
  return Object.assign({}, ...LISTS.map((rules) => routesOf(context, rules)));
}

function routesOf(context: Context, rules: Rules): Record<string, Endpoint> {
  const { state } = context;
  const { path, model, table } = rules;
  return {
    ...group(model, {
      [`${path}/create_default`]: {
        POST: (req, actor) => createDefaults(state, rules, actor, field.toBody(req.body)),
      },
    }),
    ...resourceRoutes<DueDate>(state, {
      path,
      model,
      permission: "view_project",
      rows: () => state[table],
      toView: (row) => row,
      create: (actor, body) => createRule(state, table, actor, body),
      edit: (actor, id, body) => editRule(state, rules, actor, { id, body }),
      remove: (actor, id) => deleteRule(state, rules, actor, id),
    }),
  };
}

/** @throws {ApiError} as Taiga answers. */
function createRule(state: State, table: Table, actor: Actor, body: field.Body): DueDate {
  const values = field.readFields(body, spec(state), { required: REQUIRED, isEdit: false });
  const rule: DueDate = {
    id: 0,
    project: values.project!,
    name: values.name!,
    order: values.order ?? 10,
    by_default: values.by_default ?? false,
    color: values.color ?? "#999999",
    days_to_due: values.days_to_due ?? null,
  };
  verifyFreeName(state, table, rule);
  const project = mustFind(state.projects, rule.project);
  verifyPermission(state, actor, project, ADMIN);
  verifyWritable(project);
  rule.id = allocateId(state, table);
  state[table].push(rule);
  return rule;
}

/** @throws {ApiError} as Taiga answers. */
function editRule(
  state: State,
  { model, table }: Rules,
  actor: Actor,
  { id, body }: { id: number | undefined; body: field.Body },
): DueDate {
  const rule = findForWrite(state, actor, { model, rows: state[table], id }, ADMIN);
  const values = field.readFields(body, spec(state), { required: REQUIRED, isEdit: true });
  const edited = { ...rule, ...values };
  verifyFreeName(state, table, edited);
  verifyWritable(mustFind(state.projects, rule.project));
  return Object.assign(rule, edited);
}

/** @throws {ApiError} 400 for a default rule, and as Taiga answers. */
function deleteRule(
  state: State,
  { model, table, item }: Rules,
  actor: Actor,
  id: number | undefined,
): void {
  const rule = findForWrite(state, actor, { model, rows: state[table], id }, ADMIN);
  verifyWritable(mustFind(state.projects, rule.project));
  if (rule.by_default) throw badRequest(`You can't delete the default due date status of ${item}`);
  state[table] = state[table].filter((row) => row !== rule);
}

/** @throws {ApiError} 400 where rules exist, before any check of rights, as in Taiga. */
function createDefaults(
  state: State,
  { table, plural }: Rules,
  actor: Actor,
  body: field.Body,
): DueDate[] {
  if (body["project_id"] === undefined) {
    throw invalidFields({ project_id: ["This field is required."] });
  }
  const project = findById(state.projects, Number(body["project_id"]));
  if (project === undefined) throw notFound("Project");
  if (ownRows(state[table], project).length > 0) {
    throw badRequest(`Project does already have ${plural}`);
  }
  verifyPermission(state, actor, project, ADMIN);
  const rules = DUE_DATES.map(([name, color, days_to_due], index) => ({
    id: allocateId(state, table),
    project: project.id,
    name,
    order: index + 1,
    by_default: index === 0,
    color,
    days_to_due,
  }));
  state[table].push(...rules);
  return rules;
}

/** @throws {ApiError} 400 when another rule of the project has the name. */
function verifyFreeName(state: State, table: Table, rule: DueDate): void {
  const isTaken = state[table].some(
    (row) => row.id !== rule.id && row.project === rule.project && row.name === rule.name,
  );
  if (isTaken) throw invalidFields({ name: ["Duplicated name"] });
}
