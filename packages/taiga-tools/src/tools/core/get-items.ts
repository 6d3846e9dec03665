import { z } from "zod";
import { PAGE_KINDS, permissionsTo } from "../../kinds.ts";
import { INCLUDES } from "../../items/read/details.ts";
import { readItems } from "../../items/read/read-items.ts";
import { toToday } from "../../clock.ts";
import { defineTool, READS } from "../../tool/define-tool.ts";
import { badCursor, MAX_CURSOR_LENGTH } from "../../schema/cursor.ts";
import { listOf, maybe, openRow, project, references, text } from "../../schema/fields.ts";

/** Up to this many refs, the answer includes descriptions by default. */
const MAX_DESCRIBED = 20;
const DESCRIPTION = ["description"] as const;
const NOT_DESCRIBED = `Descriptions were left out, because there are more than ${MAX_DESCRIBED} refs; include ["description"] adds them.`;

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
    cursor: maybe(text(MAX_CURSOR_LENGTH).describe("Reads on")),
  }),
  outputSchema: openRow({
    items: z.array(openRow({ ref: z.string(), version: z.string().describe("For update_items") })),
  }),
  async handler({ refs: named, project: reference, include, cursor }, context) {
    const refs = [...new Set(named)];
    if (cursor !== undefined && refs.length > 1) {
      throw badCursor("continues a single item, so refs must name only that one");
    }
    const isDescribed = include !== undefined || refs.length <= MAX_DESCRIBED;
    const { text: items, data } = await readItems(
      {
        refs,
        project: reference,
        include: new Set(include ?? (isDescribed ? DESCRIPTION : [])),
        cursor,
      },
      { ...context, today: toToday(context.clock) },
    );
    return { text: isDescribed ? items : `${items}\n${NOT_DESCRIBED}`, data };
  },
});
