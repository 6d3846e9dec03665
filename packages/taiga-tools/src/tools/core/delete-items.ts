import { z } from "zod";
import { PAGE_KINDS, permissionsTo } from "../../kinds.ts";
import { toDeleteAnswer } from "../../items/delete/delete-answer.ts";
import { deleteItems } from "../../items/delete/delete-items.ts";
import { toToday } from "../../clock.ts";
import { defineTool, DELETES } from "../../tool/define-tool.ts";
import { confirmation, maybe, openRow, project, references } from "../../schema/fields.ts";

export default defineTool({
  name: "delete_items",
  title: "Delete items",
  description:
    "Permanently delete items, wiki pages and sprints in two calls: the first only shows what would go, the second deletes it.",
  access: "delete",
  taigaPermissions: permissionsTo("delete", [...PAGE_KINDS, "sprint"]),
  annotations: DELETES,
  inputSchema: z.strictObject({
    refs: references.describe("As in get_items, or sprint:Name"),
    project: maybe(project),
    confirm: maybe(confirmation),
  }),
  outputSchema: z.object({
    items: z.array(openRow({ ref: z.string(), outcome: z.string() })),
    confirm: z.string().optional(),
  }),
  async handler({ refs, project: reference, confirm }, context) {
    const request = { refs, project: reference, confirm };
    const deps = { ...context, today: toToday(context.clock) };
    return toDeleteAnswer(await deleteItems(request, deps));
  },
});
