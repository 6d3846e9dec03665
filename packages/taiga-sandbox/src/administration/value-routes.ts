import { group, type Endpoint } from "../http/endpoint.ts";
import { resourceRoutes } from "../http/resource.ts";
import type { Context } from "../model/context.ts";
import { createBulkOrder } from "./values/bulk-order.ts";
import { customAttributeRoutes } from "./values/custom-attributes.ts";
import { dueDateRoutes } from "./values/due-dates.ts";
import { roleRoutes } from "./values/roles.ts";
import { swimlaneRoutes } from "./values/swimlanes.ts";
import { VALUE_LISTS, type Value, type ValueList } from "./values/value-lists.ts";
import { createValue, deleteValue, editValue } from "./values/value-writes.ts";

/**
 * The configuration lists of a project: statuses, points, types, priorities, severities, due dates,
 * swimlanes, custom fields and roles. Everyone who may see the project may see them;
 * administrators change them.
 */
export function valueRoutes(context: Context): Record<string, Endpoint> {
  return Object.assign(
    {},
    ...VALUE_LISTS.map((list) => listRoutes(context, list)),
    dueDateRoutes(context),
    customAttributeRoutes(context),
    swimlaneRoutes(context),
    roleRoutes(context),
  );
}

function listRoutes(context: Context, list: ValueList): Record<string, Endpoint> {
  const { state } = context;
  const { path, model, table, orderField } = list;
  const rows = () => state[table] as Value[];
  return {
    ...group(model, {
      [`${path}/bulk_update_order`]: { POST: createBulkOrder(state, orderField, rows) },
    }),
    ...resourceRoutes<Value>(state, {
      path,
      model,
      permission: "view_project",
      rows,
      toView: (row) => row,
      create: (actor, body) => createValue(context, list, actor, body),
      edit: (actor, id, body) => editValue(context, list, actor, id, body),
      remove: (actor, id, req) => deleteValue(context, list, actor, id, req),
    }),
  };
}
