import { z } from "zod";
import { INCLUDES } from "../../items/details.ts";
import { readItems } from "../../items/read-items.ts";
import { toToday } from "../../items/today.ts";
import { defineTool } from "../../mcp/define-tool.ts";
import { listOf, maybe, project, text } from "../../mcp/fields.ts";

/** So few are read for their content, more for an overview. */
const FEW = 5;

export default defineTool({
  name: "get_items",
  title: "Get items",
  description: "Read stories and tasks by reference, each with its version.",
  toolset: "core",
  access: "read",
  taigaPermissions: ["view_us", "view_tasks"],
  annotations: {
    readOnlyHint: true,
    destructiveHint: false,
    idempotentHint: true,
    openWorldHint: true,
  },
  inputSchema: z.strictObject({
    refs: listOf(text(500), 100)
      .refine((refs) => refs.length > 0, "must hold at least one")
      .describe("#42, slug#42 or Taiga URL"),
    project: maybe(project),
    include: maybe(
      listOf(z.enum(INCLUDES), INCLUDES.length).describe(`Default description, up to ${FEW} items`),
    ),
  }),
  outputSchema: z.object({
    items: z.array(
      z.looseObject({ ref: z.string(), version: z.string().describe("For update_items") }),
    ),
    errors: z.array(z.string()).optional(),
    left_out: z.array(z.string()).optional(),
  }),
  handler({ refs, project: reference, include }, context) {
    const few = refs.length <= FEW ? (["description"] as const) : [];
    return readItems(
      { refs: [...new Set(refs)], project: reference, include: new Set(include ?? few) },
      { ...context, today: toToday(context.clock) },
    );
  },
});
