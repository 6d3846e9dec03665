import { z } from "zod";
import { permissionsTo } from "../../kinds.ts";
import { dryRun, isWhole, maybe, openRow, project, text } from "../../schema/fields.ts";
import { fence } from "../../text/fence.ts";
import { CHANGES, defineTool } from "../../tool/define-tool.ts";
import { savePage } from "../../wiki/save-page.ts";

export default defineTool({
  name: "save_wiki_page",
  title: "Save a wiki page",
  description: "Create a wiki page, or replace the whole text of one that you have read.",
  access: "write",
  taigaPermissions: [...permissionsTo("add", ["wiki"]), ...permissionsTo("modify", ["wiki"])],
  annotations: { ...CHANGES, idempotentHint: true },
  inputSchema: z.strictObject({
    page: text(500)
      .refine((value) => value !== "", "must not be blank")
      .describe("wiki:page or its name"),
    content: text(100_000)
      .refine(...isWhole)
      .describe("Markdown"),
    version: maybe(text(100).describe("From get_items; needed to change a page")),
    comment: maybe(text(10_000).describe("On the change")),
    project: maybe(project),
    dry_run: maybe(dryRun),
  }),
  outputSchema: openRow({ ref: z.string(), outcome: z.string() }),
  async handler(
    { page, content, version, comment, project: reference, dry_run: dryRun = false },
    context,
  ) {
    const request = { page, content, version, comment, project: reference, dryRun };
    const saved = await savePage(request, context);
    const { ref, outcome, length } = saved;
    const shown = saved.version === undefined ? "" : `, version ${saved.version}`;
    return {
      text: fence(
        `${outcome.replaceAll("_", " ")}: ${ref}${shown} | ${length.before} → ${length.after} characters`,
      ),
      data: saved,
    };
  },
});
