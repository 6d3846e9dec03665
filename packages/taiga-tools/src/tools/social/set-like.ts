import { z } from "zod";
import { toEachAnswer } from "../../items/act-on-each.ts";
import { dryRun, flag, listOf, maybe, openRow, text } from "../../schema/fields.ts";
import { setLike } from "../../social/follow.ts";
import { defineTool, SWITCHES } from "../../tool/define-tool.ts";

export default defineTool({
  name: "set_like",
  title: "Like projects",
  description: "Like projects, or take it back.",
  access: "write",
  annotations: SWITCHES,
  inputSchema: z.strictObject({
    projects: listOf(text(200), 50)
      .refine((list) => list.length > 0, "must have at least one entry")
      .describe("Slugs or names"),
    like: maybe(flag.describe("false to take it back")),
    dry_run: maybe(dryRun),
  }),
  outputSchema: z.object({ items: z.array(openRow({ ref: z.string(), outcome: z.string() })) }),
  async handler({ projects, like: on = true, dry_run: dryRun = false }, context) {
    return toEachAnswer(await setLike({ projects, on, dryRun }, context));
  },
});
