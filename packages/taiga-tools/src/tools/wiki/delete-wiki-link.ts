import { z } from "zod";
import { confirmation, listOf, maybe, openRow, project, text } from "../../schema/fields.ts";
import { defineTool, DELETES } from "../../tool/define-tool.ts";
import { deleteWikiLinks } from "../../wiki/wiki-links.ts";

export default defineTool({
  name: "delete_wiki_link",
  title: "Delete wiki links",
  description:
    "Delete links from the wiki's menu in two calls: the first shows them, the second deletes. Pages stay.",
  access: "delete",
  taigaPermissions: ["delete_wiki_link"],
  annotations: DELETES,
  inputSchema: z.strictObject({
    titles: listOf(text(200), 50)
      .refine((list) => list.length > 0, "must have at least one entry")
      .describe("As the menu shows them"),
    project: maybe(project),
    confirm: maybe(confirmation),
  }),
  outputSchema: openRow({ links: z.array(openRow({ title: z.string(), ref: z.string() })) }),
  handler: ({ titles, project: reference, confirm }, context) =>
    deleteWikiLinks({ titles, project: reference, confirm }, context),
});
