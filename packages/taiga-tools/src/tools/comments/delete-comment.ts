import { z } from "zod";
import { deleteComment } from "../../items/comment/change-comment.ts";
import { commentFields, commentOutput } from "../../items/comment/comment-fields.ts";
import { PAGE_KINDS, permissionsTo } from "../../kinds.ts";
import { confirmation, maybe } from "../../schema/fields.ts";
import { defineTool, DELETES } from "../../tool/define-tool.ts";

export default defineTool({
  name: "delete_comment",
  title: "Delete a comment",
  description:
    "Delete your comment (an administrator: anyone's) in two calls: the first shows it, the second deletes it.",
  access: "delete",
  taigaPermissions: permissionsTo("comment", PAGE_KINDS),
  annotations: DELETES,
  inputSchema: z.strictObject({ ...commentFields, confirm: maybe(confirmation) }),
  outputSchema: commentOutput,
  handler: (input, context) => deleteComment(input, context),
});
