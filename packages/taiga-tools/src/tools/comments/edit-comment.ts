import { z } from "zod";
import { editComment } from "../../items/comment/change-comment.ts";
import { commentFields, commentOutput } from "../../items/comment/comment-fields.ts";
import { PAGE_KINDS, permissionsTo } from "../../kinds.ts";
import { dryRun, isWhole, maybe, text } from "../../schema/fields.ts";
import { CHANGES, defineTool } from "../../tool/define-tool.ts";

export default defineTool({
  name: "edit_comment",
  title: "Edit a comment",
  description:
    "Replace the text of your comment (an administrator: of anyone's). Earlier texts stay readable.",
  access: "write",
  taigaPermissions: permissionsTo("comment", PAGE_KINDS),
  annotations: { ...CHANGES, idempotentHint: true },
  inputSchema: z.strictObject({
    ...commentFields,
    new_text: text(100_000)
      .refine((value) => value !== "", "must not be blank")
      .refine(...isWhole)
      .describe("Markdown"),
    dry_run: maybe(dryRun),
  }),
  outputSchema: commentOutput,
  handler: ({ new_text: newText, dry_run: dryRun = false, ...comment }, context) =>
    editComment({ ...comment, newText, dryRun }, context),
});
