import { permissionFor, verifyPermission, verifyWritable } from "../model/access.ts";
import { readSprint, type PlanRules } from "./bulk-rules.ts";
import { saveLater, type Context } from "../model/context.ts";
import { group, toId, type Endpoint, type Handler } from "../http/endpoint.ts";
import { invalidFields } from "../model/errors.ts";
import { toBody } from "../http/fields.ts";
import type { ItemRules } from "./item-rules.ts";
import { createItem, createPlainItem, planEdit } from "./item-writes.ts";
import { removeItem } from "./item-removal.ts";
import { planItem } from "./item-moves.ts";
import { KINDS, rowsOf } from "../model/kinds.ts";
import { findById } from "../model/rows.ts";
import type { ItemKind } from "../model/state.ts";
import { toItemDetail } from "./item-views.ts";
import { readBulk, toSubjects } from "./writes.ts";
import { createItemReads } from "./item-reads.ts";
import { createBacklogOrder, createKanbanOrder } from "./board-order.ts";
import { createPromotion } from "./promotion.ts";
import { createTaskOrder } from "./task-orders.ts";

/** All routes of a kind, except attachments, custom fields and an epic's stories. */
export function itemRoutes<Kind extends ItemKind>(
  context: Context,
  rules: ItemRules<Kind>,
): Record<string, Endpoint> {
  const { kind, bulk } = rules;
  const { model, path } = KINDS[kind];
  const reads = createItemReads(context, kind);
  const writes = createItemWrites(context, rules);
  return group(model, {
    [`/${path}`]: { GET: reads.list, POST: writes.create },
    [`/${path}/by_ref`]: { GET: reads.byRef },
    [`/${path}/filters_data`]: { GET: reads.filtersData },
    [`/${path}/bulk_create`]: { POST: createBulkCreation(context, rules) },
    ...(bulk.plan && {
      [`/${path}/bulk_update_milestone`]: { POST: createBulkPlan(context, rules, bulk.plan) },
    }),
    ...(kind === "userstory" && {
      [`/${path}/bulk_update_kanban_order`]: { POST: createKanbanOrder(context) },
      [`/${path}/bulk_update_backlog_order`]: { POST: createBacklogOrder(context) },
    }),
    ...(kind === "task" && {
      [`/${path}/bulk_update_us_order`]: { POST: createTaskOrder(context, "us_order") },
      [`/${path}/bulk_update_taskboard_order`]: {
        POST: createTaskOrder(context, "taskboard_order"),
      },
    }),
    // After the fixed names, which this path also matches.
    [`/${path}/:id`]: { GET: reads.detail, PATCH: writes.edit, DELETE: writes.remove },
    ...((kind === "task" || kind === "issue") && {
      [`/${path}/:id/promote_to_user_story`]: { POST: createPromotion(context, kind) },
    }),
  });
}

function createItemWrites<Kind extends ItemKind>(
  context: Context,
  rules: ItemRules<Kind>,
): Record<"create" | "edit" | "remove", Handler> {
  const { kind } = rules;
  return {
    create: (req, actor, res) => {
      const item = createItem(context, rules, actor, toBody(req.body));
      res.status(201);
      return toItemDetail(context, kind, item, actor);
    },
    edit: async (req, actor, res) => {
      const request = { actor, id: toId(req.params["id"]), body: toBody(req.body) };
      const save = planEdit(context, rules, request);
      const { item, orderUpdated } = await saveLater(context, save);
      if (orderUpdated) res.set("Taiga-Info-Order-Updated", JSON.stringify(orderUpdated));
      return toItemDetail(context, kind, item, actor);
    },
    remove: (req, actor) => removeItem(context, rules, actor, toId(req.params["id"])),
  };
}

/** `POST /{kind}/bulk_create`: one item per line. */
const createBulkCreation =
  <Kind extends ItemKind>(context: Context, rules: ItemRules<Kind>): Handler =>
  async (req, actor) => {
    const { state } = context;
    const { kind, bulk } = rules;
    const body = toBody(req.body);
    const project = readBulk(state, body, [...bulk.required, bulk.field]);
    const columns = bulk.readColumns(state, body, project);
    const author = verifyPermission(state, actor, project, permissionFor("add", kind));
    verifyWritable(project, "blocked only");
    const items = toSubjects(body[bulk.field]).map((subject) =>
      createPlainItem(context, rules, { project, author }, { ...columns, subject }),
    );
    await context.takeTime?.(items.length);
    const answered = bulk.newestFirst ? items.toReversed() : items;
    return answered.map((item) => toItemDetail(context, kind, item, actor));
  };

/** `POST /{kind}/bulk_update_milestone`: moves items to a sprint. */
export const createBulkPlan =
  <Kind extends ItemKind>(context: Context, rules: ItemRules<Kind>, plan: PlanRules): Handler =>
  async (req, actor) => {
    const { state } = context;
    const { kind, bulk } = rules;
    const body = toBody(req.body);
    const project = readBulk(state, body, ["milestone_id", bulk.field]);
    const milestone = readSprint(state, body, project)!;
    const moves = plan.readRows(body[bulk.field]).map(({ id, columns }) => {
      const item = findById(rowsOf(state, kind), id);
      if (item?.project !== project.id) {
        const message = `All the ${plan.plural} must be from the same project`;
        throw invalidFields({ [bulk.field]: [message] });
      }
      return { item, columns: { milestone, ...columns } };
    });
    const author = verifyPermission(state, actor, project, permissionFor("modify", kind));
    verifyWritable(project);
    for (const { item, columns } of moves) {
      planItem(context, rules, author, {
        item,
        columns: columns as unknown as Partial<typeof item>,
      });
    }
    await context.takeTime?.(moves.length);
    if (!plan.answersSprints) return undefined;
    return Object.fromEntries(moves.map(({ item }) => [String(item.id), milestone]));
  };
