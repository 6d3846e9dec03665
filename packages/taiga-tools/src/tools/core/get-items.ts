import { z } from "zod";
import { PAGE_KINDS, permissionsTo } from "../../kinds.ts";
import { INCLUDES } from "../../items/read/details.ts";
import { readItems } from "../../items/read/read-items.ts";
import { toToday } from "../../clock.ts";
import { defineTool, READS } from "../../tool/define-tool.ts";
import { listOf, maybe, openRow, project, references } from "../../schema/fields.ts";

/** Up to this many refs, the answer includes descriptions by default. */
const MAX_DESCRIBED = 5;

export default defineTool({
  name: "get_items",
  title: "Get items",
  description:
    "Read items and wiki pages by reference, each with its version. find_items searches for them.",
  access: "read",
  taigaPermissions: permissionsTo("view", PAGE_KINDS),
  annotations: READS,
  inputSchema: z.strictObject({
    refs: references,
    project: maybe(project),
    include: maybe(
      listOf(z.enum(INCLUDES), INCLUDES.length).describe(
        `Details to add; children are a story's tasks or an epic's stories. Default: description, for up to ${MAX_DESCRIBED} refs`,
      ),
    ),
  }),
  outputSchema: openRow({
    items: z.array(openRow({ ref: z.string(), version: z.string().describe("For update_items") })),
  }),
  handler({ refs, project: reference, include }, context) {
    const details = refs.length <= MAX_DESCRIBED ? (["description"] as const) : [];
    return readItems(
      { refs: [...new Set(refs)], project: reference, include: new Set(include ?? details) },
      { ...context, today: toToday(context.clock) },
    );
  },
});
