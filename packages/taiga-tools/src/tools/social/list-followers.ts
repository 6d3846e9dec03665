import { z } from "zod";
import { listOf, maybe, openRow, project, text } from "../../schema/fields.ts";
import { listFollowers } from "../../social/list-followers.ts";
import { defineTool, READS } from "../../tool/define-tool.ts";

export default defineTool({
  name: "list_followers",
  title: "List followers",
  description:
    "List who watches and voted for items and wiki pages, or, without refs, who watches and likes a project.",
  access: "read",
  annotations: READS,
  inputSchema: z.strictObject({
    refs: maybe(listOf(text(500), 50).describe("#42, slug#42, wiki:page or Taiga URL")),
    project: maybe(project),
  }),
  outputSchema: z.object({
    items: z.array(openRow({ ref: z.string(), watchers: z.array(z.string()) })),
  }),
  handler: ({ refs = [], project: reference }, context) =>
    listFollowers({ refs, project: reference }, context),
});
