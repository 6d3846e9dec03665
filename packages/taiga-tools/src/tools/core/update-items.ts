import { z } from "zod";
import { ITEM_KINDS, permissionsTo } from "../../kinds.ts";
import { Changes, CHANGES_TEXT } from "../../items/changes/change-fields.ts";
import { toUpdateAnswer } from "../../items/update/update-answer.ts";
import { updateItems } from "../../items/update/update-items.ts";
import { CHANGES, defineTool } from "../../tool/define-tool.ts";
import {
  describedObject,
  dryRun,
  listOf,
  maybe,
  openRow,
  project,
  text,
} from "../../schema/fields.ts";

const ItemToUpdate = z.preprocess(
  (value) => (typeof value === "string" || typeof value === "number" ? { ref: value } : value),
  openRow({
    ref: text(500).describe("#42, slug#42 or Taiga URL"),
    version: maybe(
      text(30).describe("From get_items; fields that others changed since become conflicts"),
    ),
  }),
);

export default defineTool({
  name: "update_items",
  title: "Update items",
  description:
    "Change one or more items: fields in set apply to all of them, fields next to a ref to that item only. Fields left out stay unchanged.",
  access: "write",
  taigaPermissions: [
    ...permissionsTo("modify", ITEM_KINDS),
    ...permissionsTo("comment", ITEM_KINDS),
  ],
  annotations: CHANGES,
  inputSchema: z.strictObject({
    items: listOf(ItemToUpdate, 100)
      .refine((items) => items.length > 0, "must have at least one entry")
      .describe('Refs, each with its own changes if any: {"ref": "#42", "status": "Done"}'),
    set: maybe(describedObject(Changes).describe(`Changes to all items: ${CHANGES_TEXT}`)),
    project: maybe(project),
    dry_run: maybe(dryRun),
  }),
  outputSchema: z.object({
    items: z.array(
      openRow({
        ref: z.string(),
        outcome: z.string().describe("updated, unchanged, conflict, failed"),
      }),
    ),
  }),
  async handler({ items, set = {}, project: reference, dry_run: isDryRun = false }, context) {
    const request = { items, set, project: reference, dryRun: isDryRun };
    return toUpdateAnswer(await updateItems(request, context));
  },
});
