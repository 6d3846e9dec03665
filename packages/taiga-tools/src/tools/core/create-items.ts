import { z } from "zod";
import { ITEM_KINDS, permissionsTo } from "../../kinds.ts";
import { NewItem } from "../../items/changes/change-fields.ts";
import { toCreateAnswer, toCreatePreview } from "../../items/create/create-answer.ts";
import { createItems, isDone } from "../../items/create/create-items.ts";
import { planCreation } from "../../items/create/plan-creation.ts";
import { CREATES, defineTool } from "../../tool/define-tool.ts";
import { dryRun, idempotencyKey, listOf, maybe, openRow, project } from "../../schema/fields.ts";

export default defineTool({
  name: "create_items",
  title: "Create items",
  description:
    "Create stories (with their tasks), tasks, issues and epics. If any name is unknown, nothing is created.",
  access: "write",
  taigaPermissions: permissionsTo("add", ITEM_KINDS),
  annotations: CREATES,
  inputSchema: z.strictObject({
    items: listOf(NewItem, 100)
      .refine((items) => items.length > 0, "must have at least one entry")
      .describe("Items to create, in order"),
    project: maybe(project),
    idempotency_key: maybe(idempotencyKey),
    dry_run: maybe(dryRun),
  }),
  outputSchema: openRow({
    items: z.array(
      openRow({
        outcome: z.string().describe("created, failed, unknown"),
        ref: z.string().optional(),
      }),
    ),
  }),
  async handler({ items, project: reference, idempotency_key: key, dry_run: isDryRun }, context) {
    const request = { items, project: reference };
    if (isDryRun === true) return toCreatePreview(await planCreation(request, context));
    const { result, repeated } = await context.idempotency.run(
      { tool: "create_items", key, args: request },
      async (progress) => {
        const planned = await planCreation(request, context);
        const outcomes = await createItems(planned, { ...context, progress });
        return { result: outcomes, isComplete: outcomes.every(isDone) };
      },
    );
    return toCreateAnswer(result, { repeated, taigaWebUrl: context.taigaWebUrl });
  },
});
