import { z } from "zod";
import { maybe, openRow, project } from "../../schema/fields.ts";
import { defineTool, READS } from "../../tool/define-tool.ts";
import { listWikiLinks } from "../../wiki/wiki-links.ts";

export default defineTool({
  name: "list_wiki_links",
  title: "List wiki links",
  description: "List the menu of a project's wiki.",
  access: "read",
  taigaPermissions: ["view_wiki_links"],
  annotations: READS,
  inputSchema: z.strictObject({ project: maybe(project) }),
  outputSchema: z.object({ links: z.array(openRow({ title: z.string(), ref: z.string() })) }),
  handler: ({ project: reference }, context) => listWikiLinks(reference, context),
});
