import { z } from "zod";
import { toEachAnswer } from "../../items/act-on-each.ts";
import { dryRun, flag, maybe, openRow, project, references } from "../../schema/fields.ts";
import { setWatching } from "../../social/follow.ts";
import { defineTool, SWITCHES } from "../../tool/define-tool.ts";

export default defineTool({
  name: "set_watching",
  title: "Watch items",
  description: "Watch items and wiki pages, to be told of their changes, or stop.",
  access: "write",
  annotations: SWITCHES,
  inputSchema: z.strictObject({
    refs: references,
    watching: maybe(flag.describe("false to stop")),
    project: maybe(project),
    dry_run: maybe(dryRun),
  }),
  outputSchema: z.object({ items: z.array(openRow({ ref: z.string(), outcome: z.string() })) }),
  async handler(
    { refs, watching: on = true, project: reference, dry_run: dryRun = false },
    context,
  ) {
    return toEachAnswer(await setWatching({ refs, project: reference, on, dryRun }, context));
  },
});
