import type { Request } from "express";
import {
  permissionFor,
  type Actor,
  mustBeUser,
  verifyWritable,
  findForWrite,
} from "../model/access.ts";
import { saveLater, type Context, type Save } from "../model/context.ts";
import { group, toId, type Endpoint } from "../http/endpoint.ts";
import { invalidFields } from "../model/errors.ts";
import { readFields, toBody, wholeNumber } from "../http/fields.ts";
import { mustSee } from "../http/resource.ts";
import { recordChange } from "../history/history.ts";
import { ITEM_KINDS, KINDS, rowsOf } from "../model/kinds.ts";
import { verifyVersion } from "./occ.ts";
import { findById, mustFind } from "../model/rows.ts";
import { takeSnapshot, type Recorded } from "../history/snapshots.ts";
import type { CustomAttributeValues, ItemKind, State } from "../model/state.ts";

/** `/{kind}/custom-attributes-values/{id}` of the four kinds of items. */
export function customAttributeValueRoutes(context: Context): Record<string, Endpoint> {
  return Object.assign({}, ...ITEM_KINDS.map((kind) => routesOf(context, kind)));
}

/** The name of the item's id in answers. */
const OBJECT_FIELD = { epic: "epic", userstory: "user_story", task: "task", issue: "issue" };

/** Taiga's own bug: the values of epics require the permissions on stories. */
const permissionOn = (action: "view" | "modify", kind: ItemKind): string =>
  permissionFor(action, kind === "epic" ? "userstory" : kind);

function routesOf(context: Context, kind: ItemKind): Record<string, Endpoint> {
  const model = `${KINDS[kind].model}CustomAttributesValues`;
  const toView = ({ attributes_values, version, object }: CustomAttributeValues) => ({
    attributes_values,
    version,
    [OBJECT_FIELD[kind]]: object,
  });
  const { state } = context;
  return group(model, {
    [`/${KINDS[kind].path}/custom-attributes-values/:id`]: {
      GET: (req, actor) => {
        const rows: readonly { id: number; project: number }[] = rowsOf(state, kind);
        const sight = { model, permission: permissionOn("view", kind) };
        const item = mustSee(state, sight, findById(rows, toId(req.params["id"])), actor);
        return toView(valuesOf(state, kind, item.id));
      },
      PATCH: async (req, actor) =>
        toView(await saveLater(context, planEdit(context, kind, req, actor))),
    },
  });
}

const isValuesOf = (kind: ItemKind, object: number) => (row: CustomAttributeValues) =>
  row.kind === kind && row.object === object;

const valuesOf = (state: State, kind: ItemKind, object: number): CustomAttributeValues =>
  state.customAttributeValues.find(isValuesOf(kind, object)) ?? {
    kind,
    object,
    attributes_values: {},
    version: 1,
  };

/** Replaces the whole map. Changes are never compared, so any version up to the current is valid. */
function planEdit(
  context: Context,
  kind: ItemKind,
  req: Request,
  actor: Actor,
): Save<CustomAttributeValues> {
  const { state } = context;
  const body = toBody(req.body);
  const rows: readonly { id: number; project: number }[] = rowsOf(state, kind);
  const target = { model: KINDS[kind].model, rows, id: toId(req.params["id"]) };
  const item = findForWrite(state, actor, target, permissionOn("modify", kind));
  const project = mustFind(state.projects, item.project);
  const { version } = readFields(body, { version: wholeNumber }, { required: [], isEdit: true });
  const values = readValues(state, kind, project.id, body["attributes_values"]);
  const stored = valuesOf(state, kind, item.id);
  verifyVersion({ version, keys: Object.keys(body) }, { version: stored.version, changes: [] });
  verifyWritable(project);
  const read = stored.attributes_values;
  const subject = { kind, item } as Recorded;
  const author = mustBeUser(actor);
  return () => {
    const before = takeSnapshot(state, subject);
    const row = state.customAttributeValues.find(isValuesOf(kind, item.id)) ?? stored;
    if (row === stored && !state.customAttributeValues.includes(row)) {
      state.customAttributeValues.push(row);
    }
    row.attributes_values = values ?? read;
    row.version += 1;
    recordChange(context, subject, { before, author, comment: "" });
    return row;
  };
}

/** The types whose values must be text. */
const TEXTS = new Set(["text", "multiline", "richtext", "date", "url", "dropdown"]);

/**
 * Any text fits every type, and null clears. Other JSON in a text is Taiga's own failure.
 *
 * @throws {ApiError} 400 for an empty map and for fields unknown to the project.
 * @throws {Error} for a key that is no number and for a value that is no text where it must be.
 */
function readValues(
  state: State,
  kind: ItemKind,
  projectId: number,
  value: unknown,
): Record<string, unknown> | undefined {
  if (value === undefined) return undefined;
  if (value === null) throw invalidFields({ attributes_values: ["This field cannot be null."] });
  if (typeof value !== "object" || Array.isArray(value)) {
    const message = 'Invalid content. It must be {"key": "value",...}';
    throw invalidFields({ attributes_values: [message] });
  }
  if (Object.keys(value).length === 0) {
    throw invalidFields({ attributes_values: ["This field cannot be blank."] });
  }
  const known = state.customAttributes.filter(
    (row) => row.kind === kind && row.project === projectId,
  );
  for (const [key, content] of Object.entries(value)) {
    if (!/^\d+$/.test(key)) throw new TypeError("The id of a custom field is a number.");
    const attribute = findById(known, Number(key));
    if (attribute === undefined) {
      throw invalidFields({ attributes_values: ["It contains invalid custom fields."] });
    }
    const isText = typeof content === "string" || content === null;
    if (TEXTS.has(attribute.type) && !isText) {
      throw new TypeError(`The field ${attribute.name} holds text.`);
    }
  }
  return value as Record<string, unknown>;
}
