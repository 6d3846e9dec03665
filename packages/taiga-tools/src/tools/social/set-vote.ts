import { z } from "zod";
import { toEachAnswer } from "../../items/act-on-each.ts";
import { dryRun, flag, maybe, openRow, project, references } from "../../schema/fields.ts";
import { setVote } from "../../social/follow.ts";
import { defineTool, SWITCHES } from "../../tool/define-tool.ts";

export default defineTool({
  name: "set_vote",
  title: "Vote for items",
  description: "Vote for stories, tasks, issues or epics, or take your votes back.",
  access: "write",
  annotations: SWITCHES,
  inputSchema: z.strictObject({
    refs: references,
    vote: maybe(flag.describe("false to take it back")),
    project: maybe(project),
    dry_run: maybe(dryRun),
  }),
  outputSchema: z.object({ items: z.array(openRow({ ref: z.string(), outcome: z.string() })) }),
  async handler({ refs, vote: on = true, project: reference, dry_run: dryRun = false }, context) {
    return toEachAnswer(await setVote({ refs, project: reference, on, dryRun }, context));
  },
});
