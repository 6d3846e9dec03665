import { z } from "zod";
import { defineTool, READS } from "../../tool/define-tool.ts";
import { flag, maybe, openRow, text } from "../../schema/fields.ts";
import { toProjectLine, toProjectText } from "../../projects/project-line.ts";
import { countFitting, MAX_ANSWER_BYTES } from "../../text/cap.ts";
import { fence } from "../../text/fence.ts";

export default defineTool({
  name: "list_projects",
  title: "List projects",
  description: "List your projects: slug, name, your role (owner, admin, member).",
  access: "read",
  annotations: READS,
  inputSchema: z.strictObject({
    search: maybe(text(200).describe("Part of the slug or name")),
    public: maybe(flag.describe("Also public projects you are not in")),
  }),
  outputSchema: openRow({
    projects: z.array(openRow({ slug: z.string(), name: z.string() })),
  }),
  async handler({ search = "", public: others = false }, { projects, taiga }) {
    const mine = await projects.list();
    const seen = new Set(mine.map(({ id }) => id));
    const visible = others ? await taiga.projects.list() : [];
    const wanted = search.toLowerCase();
    const found = [...mine, ...visible.filter(({ id }) => !seen.has(id) && projects.covers(id))]
      .filter(({ slug, name }) => `${slug}\n${name}`.toLowerCase().includes(wanted))
      .map(toProjectLine);

    const shown = found.slice(0, countFitting(found.map(toProjectText), MAX_ANSWER_BYTES));
    const leftOut = found.length - shown.length;
    const header = `${found.length} projects${leftOut > 0 ? `; ${leftOut} left out; use search to find them` : ""}:`;
    return {
      text: `${header}\n${fence(shown.map(toProjectText).join("\n"))}`,
      data: { projects: shown, ...(leftOut > 0 && { left_out: leftOut }) },
    };
  },
});
