import { z } from "zod";
import { toEachAnswer } from "../../items/act-on-each.ts";
import { type Level, LEVELS, setLevel } from "../../notifications/notification-level.ts";
import { dryRun, flag, listOf, maybe, openRow, text } from "../../schema/fields.ts";
import { defineTool, SWITCHES } from "../../tool/define-tool.ts";

const level = z.enum(Object.keys(LEVELS) as [Level, ...Level[]]);

export default defineTool({
  name: "set_notification_level",
  title: "Set notification levels",
  description: "Set how much Taiga tells you of projects.",
  access: "write",
  annotations: SWITCHES,
  inputSchema: z.strictObject({
    projects: listOf(text(200), 50)
      .refine((list) => list.length > 0, "must have at least one entry")
      .describe("Slugs or names"),
    mail: maybe(level.describe("By e-mail; involved: what you take part in")),
    live: maybe(level.describe("In an open page")),
    list: maybe(flag.describe("In the list of notifications")),
    dry_run: maybe(dryRun),
  }),
  outputSchema: z.object({ items: z.array(openRow({ ref: z.string(), outcome: z.string() })) }),
  async handler({ projects, mail, live, list, dry_run: dryRun = false }, context) {
    return toEachAnswer(await setLevel({ projects, mail, live, list, dryRun }, context));
  },
});
