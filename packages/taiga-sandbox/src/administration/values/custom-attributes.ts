import { group, type Endpoint } from "../../http/endpoint.ts";
import * as field from "../../http/fields.ts";
import { resourceRoutes } from "../../http/resource.ts";
import { findForWrite, verifyPermission, verifyWritable, type Actor } from "../../model/access.ts";
import { toTimestamp, type Context } from "../../model/context.ts";
import { invalidFields } from "../../model/errors.ts";
import { ITEM_KINDS } from "../../model/kinds.ts";
import { allocateId, mustFind } from "../../model/rows.ts";
import type { CustomAttribute, ItemKind, State } from "../../model/state.ts";
import { toCustomAttribute } from "../../projects/value-views.ts";
import { createBulkOrder } from "./bulk-order.ts";
import { ADMIN, REQUIRED } from "./value-writes.ts";

const TYPES = [
  "text",
  "multiline",
  "richtext",
  "date",
  "url",
  "dropdown",
  "checkbox",
  "number",
] as const;

const spec = (state: State) => ({
  project: field.reference(state.projects),
  name: field.text(64),
  description: field.text(),
  type: field.choice(TYPES),
  order: field.position,
  extra: field.anything,
});

/** `/{kind}-custom-attributes`: the definitions of custom fields. */
export function customAttributeRoutes(context: Context): Record<string, Endpoint> {
  return Object.assign({}, ...ITEM_KINDS.map((kind) => routesOf(context, kind)));
}

function routesOf(context: Context, kind: ItemKind): Record<string, Endpoint> {
  const { state } = context;
  const path = `/${kind}-custom-attributes`;
  const model = "CustomAttribute";
  const rows = () => state.customAttributes.filter((row) => row.kind === kind);
  const find = (actor: Actor, id: number | undefined) =>
    findForWrite(state, actor, { model, rows: rows(), id }, ADMIN);
  return {
    ...group(model, {
      [`${path}/bulk_update_order`]: {
        POST: createBulkOrder(state, `bulk_${kind}_custom_attributes`, rows),
      },
    }),
    ...resourceRoutes<CustomAttribute>(state, {
      path,
      model,
      permission: "view_project",
      rows,
      toView: toCustomAttribute,
      create: (actor, body) => createAttribute(context, kind, actor, body),
      edit: (actor, id, body) => {
        const attribute = find(actor, id);
        const values = field.readFields(body, spec(state), { required: REQUIRED, isEdit: true });
        const edited = { ...attribute, ...values };
        verifyFreeName(state, edited);
        verifyWritable(mustFind(state.projects, attribute.project));
        const modified_date = toTimestamp(context.clock());
        return Object.assign(attribute, edited, { modified_date });
      },
      remove: (actor, id) => {
        const attribute = find(actor, id);
        verifyWritable(mustFind(state.projects, attribute.project));
        deleteAttribute(state, attribute);
      },
    }),
  };
}

/** @throws {ApiError} as Taiga answers. */
function createAttribute(
  { state, clock }: Context,
  kind: ItemKind,
  actor: Actor,
  body: field.Body,
): CustomAttribute {
  const values = field.readFields(body, spec(state), { required: REQUIRED, isEdit: false });
  const now = toTimestamp(clock());
  const attribute: CustomAttribute = {
    id: 0,
    kind,
    project: values.project!,
    name: values.name!,
    description: values.description ?? "",
    type: values.type ?? "text",
    // Milliseconds, so that a new field comes last.
    order: values.order ?? clock().getTime(),
    extra: values.extra ?? null,
    created_date: now,
    modified_date: now,
  };
  verifyFreeName(state, attribute);
  const project = mustFind(state.projects, attribute.project);
  verifyPermission(state, actor, project, ADMIN);
  verifyWritable(project);
  // As in Taiga, each kind of item has its own id sequence.
  attribute.id = allocateId(state, `customAttributes.${kind}`);
  state.customAttributes.push(attribute);
  return attribute;
}

/** The values of a deleted field go with it, without a new version. */
function deleteAttribute(state: State, attribute: CustomAttribute): void {
  state.customAttributes = state.customAttributes.filter((row) => row !== attribute);
  for (const values of state.customAttributeValues) {
    if (values.kind === attribute.kind) delete values.attributes_values[attribute.id];
  }
}

/** @throws {ApiError} 400, in Taiga under both fields. */
function verifyFreeName(state: State, attribute: CustomAttribute): void {
  const isTaken = state.customAttributes.some(
    (row) =>
      row.kind === attribute.kind &&
      row.id !== attribute.id &&
      row.project === attribute.project &&
      row.name === attribute.name,
  );
  if (!isTaken) return;
  const message = ["Already exists one with the same name."];
  throw invalidFields({ name: message, project: message });
}
