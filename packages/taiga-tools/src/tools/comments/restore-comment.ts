import { z } from "zod";
import { restoreComment } from "../../items/comment/change-comment.ts";
import { commentFields, commentOutput } from "../../items/comment/comment-fields.ts";
import { PAGE_KINDS, permissionsTo } from "../../kinds.ts";
import { dryRun, maybe } from "../../schema/fields.ts";
import { defineTool, SWITCHES } from "../../tool/define-tool.ts";

export default defineTool({
  name: "restore_comment",
  title: "Restore a deleted comment",
  description: "Bring back a comment that you deleted (an administrator: that anyone deleted).",
  access: "write",
  taigaPermissions: permissionsTo("comment", PAGE_KINDS),
  annotations: SWITCHES,
  inputSchema: z.strictObject({ ...commentFields, dry_run: maybe(dryRun) }),
  outputSchema: commentOutput,
  handler: ({ dry_run: dryRun = false, ...comment }, context) =>
    restoreComment({ ...comment, dryRun }, context),
});
