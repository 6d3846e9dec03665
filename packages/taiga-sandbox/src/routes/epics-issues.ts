import type { Context } from "../context.ts";
import type { Endpoint } from "../endpoint.ts";
import { KINDS } from "../items.ts";
import { createItemReads } from "./items.ts";

/** `/epics` and `/issues`, to read. */
export function epicAndIssueRoutes(context: Context): Record<string, Endpoint> {
  return { ...readOnly(context, "epic"), ...readOnly(context, "issue") };
}

function readOnly(context: Context, kind: "epic" | "issue"): Record<string, Endpoint> {
  const { list, detail, byRef, filtersData } = createItemReads(context, kind);
  const { path, model: name } = KINDS[kind];
  return {
    [`/${path}`]: { name, handlers: { GET: list } },
    [`/${path}/by_ref`]: { name, handlers: { GET: byRef } },
    [`/${path}/filters_data`]: { name, handlers: { GET: filtersData } },
    [`/${path}/:id`]: { name, handlers: { GET: detail } },
  };
}
