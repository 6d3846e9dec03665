import { z } from "zod";
import { permissionsTo } from "../../kinds.ts";
import { toToday } from "../../clock.ts";
import { defineTool, READS } from "../../tool/define-tool.ts";
import { flag, maybe, openRow, project } from "../../schema/fields.ts";
import { type SprintLine, toSprintLine, toSprintText } from "../../projects/sprint-line.ts";
import { countFitting, MAX_ANSWER_BYTES } from "../../text/cap.ts";
import { fence } from "../../text/fence.ts";
import { quote } from "../../text/quote.ts";

const toList = (sprints: readonly SprintLine[]): string =>
  fence(sprints.map(toSprintText).join("\n"));

export default defineTool({
  name: "list_sprints",
  title: "List sprints",
  description: "List a project's open sprints with dates, state and progress, latest first.",
  access: "read",
  taigaPermissions: permissionsTo("view", ["sprint"]),
  annotations: READS,
  inputSchema: z.strictObject({
    project: maybe(project),
    closed: maybe(flag.describe("Also closed sprints")),
  }),
  outputSchema: openRow({
    sprints: z.array(openRow({ name: z.string() })),
  }),
  async handler({ project: reference, closed = false }, { taiga, projects, clock }) {
    const { id, slug } = await projects.resolve(reference);
    const sprints = await taiga.milestones.list({
      projectId: id,
      ...(!closed && { closed: false }),
    });
    const lines = sprints
      .toSorted((a, b) => b.estimated_start.localeCompare(a.estimated_start))
      .map((sprint) => toSprintLine(sprint, toToday(clock)));
    const shown = lines.slice(0, countFitting(lines.map(toSprintText), MAX_ANSWER_BYTES));
    const leftOut = lines.length - shown.length;
    const kind = closed ? "sprints" : "open sprints";
    const header = `${lines.length || "No"} ${kind} in ${quote(slug)}${leftOut > 0 ? `, the ${leftOut} oldest left out` : ""}${closed ? "" : "; closed: true also lists closed ones"}`;
    return {
      text: lines.length === 0 ? `${header}.` : `${header}:\n${toList(shown)}`,
      data: { sprints: shown, ...(leftOut > 0 && { left_out: leftOut }) },
    };
  },
});
