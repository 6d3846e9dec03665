import { z } from "zod";
import { listNotifications } from "../../notifications/notifications.ts";
import { count, flag, maybe, openRow } from "../../schema/fields.ts";
import { defineTool, READS } from "../../tool/define-tool.ts";

export default defineTool({
  name: "list_notifications",
  title: "List notifications",
  description: "List what Taiga has told you, the newest first: mentions, assignments, comments.",
  access: "read",
  annotations: READS,
  inputSchema: z.strictObject({
    unread: maybe(flag.describe("Only unread ones")),
    page: maybe(count(1, 1_000).describe("From 1; older ones follow")),
  }),
  outputSchema: openRow({
    notifications: z.array(openRow({ at: z.string(), event: z.string(), ref: z.string() })),
  }),
  handler: ({ unread = false, page = 1 }, context) => listNotifications({ unread, page }, context),
});
