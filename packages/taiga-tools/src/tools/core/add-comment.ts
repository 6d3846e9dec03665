import { z } from "zod";
import { PAGE_KINDS, permissionsTo } from "../../kinds.ts";
import { addComments, previewComments, toCommentAnswer } from "../../items/comment/add-comment.ts";
import { CREATES, defineTool } from "../../tool/define-tool.ts";
import {
  dryRun,
  idempotencyKey,
  maybe,
  openRow,
  project,
  references,
  text,
} from "../../schema/fields.ts";

export default defineTool({
  name: "add_comment",
  title: "Add a comment",
  description: "Add the same comment to one or more items or wiki pages.",
  access: "write",
  taigaPermissions: [
    ...permissionsTo("comment", PAGE_KINDS),
    ...permissionsTo("modify", PAGE_KINDS),
  ],
  annotations: CREATES,
  inputSchema: z.strictObject({
    refs: references,
    comment: text(100_000)
      .refine((comment) => comment !== "", "must not be blank")
      .describe("Markdown; @username notifies that person"),
    project: maybe(project),
    idempotency_key: maybe(idempotencyKey),
    dry_run: maybe(dryRun),
  }),
  outputSchema: openRow({
    items: z.array(openRow({ ref: z.string(), outcome: z.string() })),
  }),
  async handler({ refs, comment, project: reference, idempotency_key: key, dry_run }, context) {
    const request = { refs, comment, project: reference };
    if (dry_run === true) return toCommentAnswer(await previewComments(request, context), false);
    const { result, repeated } = await context.idempotency.run(
      { tool: "add_comment", key, args: request },
      async (progress) => {
        const outcomes = await addComments(request, { ...context, progress });
        const isComplete = outcomes.every(({ outcome }) => outcome === "commented");
        return { result: outcomes, isComplete };
      },
    );
    return toCommentAnswer(result, repeated);
  },
});
