import { z } from "zod";
import { count, dryRun, maybe, openRow, project, text } from "../../schema/fields.ts";
import { CHANGES, defineTool } from "../../tool/define-tool.ts";
import { saveWikiLink } from "../../wiki/wiki-links.ts";

const title = text(200).refine((value) => value !== "", "must not be blank");

export default defineTool({
  name: "save_wiki_link",
  title: "Save a wiki link",
  description:
    "Add a link to the wiki's menu (Taiga makes its page if there is none), or rename or move one.",
  access: "write",
  taigaPermissions: ["add_wiki_link", "modify_wiki_link"],
  annotations: { ...CHANGES, idempotentHint: true },
  inputSchema: z.strictObject({
    title: title.describe("Of a new or an existing link"),
    new_title: maybe(title.describe("Renames the link")),
    position: maybe(count(1, 1_000).describe("Place in the menu, from 1")),
    project: maybe(project),
    dry_run: maybe(dryRun),
  }),
  outputSchema: z.object({
    links: z.array(openRow({ title: z.string(), ref: z.string(), outcome: z.string() })),
  }),
  async handler(
    { title: name, new_title: newTitle, position, project: reference, dry_run: dryRun = false },
    context,
  ) {
    const request = { project: reference, title: name, newTitle, position, dryRun };
    const { text: answer, data } = await saveWikiLink(request, context);
    return {
      text: answer,
      data: { links: data.links.map(({ outcome = "", ...row }) => ({ ...row, outcome })) },
    };
  },
});
