import { group, queryText, type Endpoint } from "../http/endpoint.ts";
import type { Context } from "../model/context.ts";
import { ApiError, notFound } from "../model/errors.ts";
import { ITEM_KINDS, KINDS, rowsOf } from "../model/kinds.ts";
import { inOrder, ownRows } from "../model/rows.ts";
import type { Item, ItemKind, Project, State } from "../model/state.ts";
import { COLUMNS, type Column } from "./csv-columns.ts";

/** `/{kind}/csv?uuid=…`: a report for everybody who knows its secret; 404 for any other. */
export const csvRoutes = ({ state }: Context): Record<string, Endpoint> =>
  Object.assign({}, ...ITEM_KINDS.map((kind) => routeOf(state, kind)));

function routeOf(state: State, kind: ItemKind): Record<string, Endpoint> {
  const { path, model } = KINDS[kind];
  return group(model, {
    [`/${path}/csv`]: {
      GET: (req, _actor, res) => {
        const uuid = queryText(req, "uuid");
        if (uuid === undefined) throw new ApiError(404, null);
        const project = state.projects.find((row) => uuid !== "" && row.csv_uuids[path] === uuid);
        if (project === undefined) throw notFound();
        const items = ownRows(rowsOf(state, kind) as Item[], project);
        const columns = [...COLUMNS[kind](state, project), ...customColumns(state, kind, project)];
        const lines = [
          columns.map(([name]) => name),
          ...items
            .toSorted((a, b) => a.ref - b.ref)
            .map((item) => columns.map(([, valueOf]) => valueOf(item as never))),
        ];
        res.set("Content-Disposition", `attachment; filename="${path}.csv"`);
        res.type("application/csv").send(lines.map(toLine).join(""));
      },
    },
  });
}

const toLine = (values: readonly unknown[]): string => `${values.map(toCell).join(",")}\r\n`;

/** As Python's csv module writes values. */
function toCell(value: unknown): string {
  const text = toText(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function toText(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "boolean") return value ? "True" : "False";
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** One column a custom field, under its name. */
function customColumns(state: State, kind: ItemKind, project: Project): Column<never>[] {
  const attributes = ownRows(state.customAttributes, project).filter((row) => row.kind === kind);
  return inOrder(attributes).map((attribute): Column<Item> => [
    attribute.name,
    (item) =>
      state.customAttributeValues.find((row) => row.kind === kind && row.object === item.id)
        ?.attributes_values[attribute.id],
  ]);
}
