import { z } from "zod";
import { listCommentVersions } from "../../items/comment/comment-versions.ts";
import { commentFields } from "../../items/comment/comment-fields.ts";
import { openRow } from "../../schema/fields.ts";
import { defineTool, READS } from "../../tool/define-tool.ts";

export default defineTool({
  name: "list_comment_versions",
  title: "List earlier texts of a comment",
  description: "Read what an edited comment said before, for its author and administrators.",
  access: "read",
  annotations: READS,
  inputSchema: z.strictObject(commentFields),
  outputSchema: openRow({
    ref: z.string(),
    versions: z.array(openRow({ replaced_by: z.string(), text: z.string() })),
  }),
  handler: (input, context) => listCommentVersions(input, context),
});
