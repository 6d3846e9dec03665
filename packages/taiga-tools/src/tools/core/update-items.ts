import { z } from "zod";
import { Changes, CHANGES_TEXT } from "../../items/changes/change-fields.ts";
import { toUpdateAnswer } from "../../items/update/update-answer.ts";
import { updateItems } from "../../items/update/update-items.ts";
import { defineTool } from "../../tool/define-tool.ts";
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
    ref: text(500).describe("#42, slug#42, URL"),
    version: maybe(text(30).describe("The one you saw; others' later changes become conflicts")),
  }),
);

export default defineTool({
  name: "update_items",
  title: "Update items",
  description:
    "Change items: set for all, and fields of its own beside each ref. Fields left out stay.",
  toolset: "core",
  access: "write",
  taigaPermissions: [
    "modify_us",
    "modify_task",
    "modify_issue",
    "modify_epic",
    "comment_us",
    "comment_task",
    "comment_issue",
    "comment_epic",
  ],
  annotations: {
    readOnlyHint: false,
    // It overwrites, which MCP calls destructive as soon as an update is not merely additive.
    destructiveHint: true,
    idempotentHint: false,
    openWorldHint: true,
  },
  inputSchema: z.strictObject({
    items: listOf(ItemToUpdate, 100)
      .refine((items) => items.length > 0, "must hold at least one")
      .describe("Each with ref, and changes of its own as in set"),
    set: maybe(describedObject(Changes).describe(`Changes for all: ${CHANGES_TEXT}`)),
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
