import { z } from "zod";
import { TaigaError } from "../errors.ts";
import type { TaigaRequest } from "../taiga-request.ts";
import type { ChangesOf } from "./item-changes.ts";
import type { TaigaItemKind } from "./item-kind.ts";
import {
  Choice,
  CustomAttribute,
  DueDateRule,
  Points,
  Status,
  SwimlaneColumns,
  UserStoryStatus,
} from "./project-values.ts";
import { noContent } from "./schema-parts.ts";

/** `[id, order]`, in the order that Taiga is to keep. */
export type OrderPair = readonly [id: number, order: number];

/**
 * The configurable values of one sort in a project: statuses, points, priorities … Only project
 * administrators may change them. They have no version: the last write wins.
 */
export interface ValueList<Value, Fields> {
  list(projectId: number): Promise<Value[]>;
  getById(id: number): Promise<Value>;
  /** @throws {TaigaError} `validation_failed` for a name that is taken; case matters. */
  create(values: { project: number; name: string } & ChangesOf<Fields>): Promise<Value>;
  /** Changes only the given fields (PATCH). @throws {TaigaError} like `create`. */
  update(id: number, changes: ChangesOf<Fields & { name: string }>): Promise<Value>;
  /**
   * Deletes a value and gives its items another one, without a new version or history of the items.
   * @param moveTo another value of the same project: Taiga also accepts those of other projects, and
   *   leaves the items with a foreign value. Required for statuses, points, types, priorities and
   *   severities, and for a swimlane while there are others.
   * @throws {TaigaError} `invalid_request` when it is missing, or is the value itself.
   */
  delete(id: number, moveTo?: number): Promise<void>;
}

/** Values that can be put into another order. */
export interface OrderedValueList<Value, Fields> extends ValueList<Value, Fields> {
  /** Sets the order of several values; ids of other projects are ignored. */
  reorder(projectId: number, order: readonly OrderPair[]): Promise<void>;
}

interface Ordered {
  order: number;
}
interface Coloured extends Ordered {
  /** `#rrggbb`; Taiga takes any text up to 20 characters. */
  color: string;
}
interface StatusFields extends Coloured {
  is_closed: boolean;
}
interface UserStoryStatusFields extends StatusFields {
  is_archived: boolean;
  /** Null for no limit. */
  wip_limit: number | null;
}
interface PointsFields extends Ordered {
  /** Null for "?". */
  value: number | null;
}
interface DueDateFields extends Coloured {
  /** Days before the due date from which the rule holds; negative after it, null for the default. */
  days_to_due: number | null;
  by_default: boolean;
}
interface CustomAttributeFields extends Ordered {
  description: string;
  /** text, multiline, richtext, date, url, dropdown, checkbox or number. */
  type: string;
  /** The options of a dropdown. */
  extra: readonly string[] | null;
}

/** All value lists of a project. */
export interface ValueLists {
  epicStatuses: OrderedValueList<Status, StatusFields>;
  userStoryStatuses: OrderedValueList<UserStoryStatus, UserStoryStatusFields>;
  taskStatuses: OrderedValueList<Status, StatusFields>;
  issueStatuses: OrderedValueList<Status, StatusFields>;
  points: OrderedValueList<Points, PointsFields>;
  priorities: OrderedValueList<Choice, Coloured>;
  severities: OrderedValueList<Choice, Coloured>;
  issueTypes: OrderedValueList<Choice, Coloured>;
  /** Deleting the last swimlane leaves its stories without one. */
  swimlanes: OrderedValueList<SwimlaneColumns, Ordered>;
  /** Rules for how due dates are shown, by kind of item. */
  dueDateRules: Record<Exclude<TaigaItemKind, "epic">, ValueList<DueDateRule, DueDateFields>>;
  /** Definitions, by kind of item. Deleting one deletes its values in all items. */
  customAttributes: Record<TaigaItemKind, OrderedValueList<CustomAttribute, CustomAttributeFields>>;
}

/** `/userstory-statuses`, `/points` and the other value lists */
export function createValueLists(request: TaigaRequest): ValueLists {
  const statuses = (kind: "epic" | "task" | "issue") =>
    createOrderedList<Status, StatusFields>(request, {
      path: `/${kind}-statuses`,
      schema: Status,
      orderField: `bulk_${kind}_statuses`,
    });
  const choices = (name: "priorities" | "severities" | "issue_types") =>
    createOrderedList<Choice, Coloured>(request, {
      path: `/${name.replace("_", "-")}`,
      schema: Choice,
      orderField: `bulk_${name}`,
    });
  const dueDateRules = (kind: "userstory" | "task" | "issue") =>
    createValueList<DueDateRule, DueDateFields>(request, {
      path: `/${kind}-due-dates`,
      schema: DueDateRule,
    });
  const customAttributes = (kind: TaigaItemKind) =>
    createOrderedList<CustomAttribute, CustomAttributeFields>(request, {
      path: `/${kind}-custom-attributes`,
      schema: CustomAttribute,
      orderField: `bulk_${kind}_custom_attributes`,
    });
  return {
    epicStatuses: statuses("epic"),
    userStoryStatuses: createOrderedList<UserStoryStatus, UserStoryStatusFields>(request, {
      path: "/userstory-statuses",
      schema: UserStoryStatus,
      orderField: "bulk_userstory_statuses",
    }),
    taskStatuses: statuses("task"),
    issueStatuses: statuses("issue"),
    points: createOrderedList<Points, PointsFields>(request, {
      path: "/points",
      schema: Points,
      orderField: "bulk_points",
    }),
    priorities: choices("priorities"),
    severities: choices("severities"),
    issueTypes: choices("issue_types"),
    swimlanes: createOrderedList<SwimlaneColumns, Ordered>(request, {
      path: "/swimlanes",
      schema: SwimlaneColumns,
      orderField: "bulk_swimlanes",
    }),
    dueDateRules: {
      userstory: dueDateRules("userstory"),
      task: dueDateRules("task"),
      issue: dueDateRules("issue"),
    },
    customAttributes: {
      userstory: customAttributes("userstory"),
      task: customAttributes("task"),
      issue: customAttributes("issue"),
      epic: customAttributes("epic"),
    },
  };
}

interface ListDescription<Value> {
  path: string;
  schema: z.ZodType<Value>;
}

function createValueList<Value, Fields>(
  request: TaigaRequest,
  { path, schema }: ListDescription<Value>,
): ValueList<Value, Fields> {
  return {
    list: async (projectId) => {
      const query = { project: projectId };
      return (await request({ path, query, wholeList: true, schema: z.array(schema) })).data;
    },
    getById: async (id) => (await request({ path: `${path}/${id}`, schema })).data,
    create: async (values) => (await request({ method: "POST", path, body: values, schema })).data,
    update: async (id, changes) =>
      (await request({ method: "PATCH", path: `${path}/${id}`, body: changes, schema })).data,
    delete: async (id, moveTo) => {
      if (moveTo === id) {
        throw new TaigaError(
          "invalid_request",
          "moveTo: must be another value than the deleted one",
        );
      }
      const query = { moveTo };
      await request({ method: "DELETE", path: `${path}/${id}`, query, schema: noContent });
    },
  };
}

const createOrderedList = <Value, Fields>(
  request: TaigaRequest,
  { orderField, ...list }: ListDescription<Value> & { orderField: string },
): OrderedValueList<Value, Fields> => ({
  ...createValueList<Value, Fields>(request, list),
  reorder: async (projectId, order) => {
    const body = { project: projectId, [orderField]: order };
    const path = `${list.path}/bulk_update_order`;
    await request({ method: "POST", path, body, schema: noContent });
  },
});
