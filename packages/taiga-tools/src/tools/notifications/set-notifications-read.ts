import { z } from "zod";
import { markRead } from "../../notifications/notifications.ts";
import { dryRun, listOf, maybe, openRow, text } from "../../schema/fields.ts";
import { defineTool, SWITCHES } from "../../tool/define-tool.ts";

export default defineTool({
  name: "set_notifications_read",
  title: "Mark notifications as read",
  description: "Mark your notifications as read: those about the given items, or all.",
  access: "write",
  annotations: SWITCHES,
  inputSchema: z.strictObject({
    refs: maybe(listOf(text(500), 100).describe("slug#42, as list_notifications shows them")),
    dry_run: maybe(dryRun),
  }),
  outputSchema: openRow({ outcome: z.string(), count: z.int() }),
  handler: ({ refs = [], dry_run: dryRun = false }, context) => markRead({ refs, dryRun }, context),
});
