import { z } from "zod";
import { permissionsTo } from "../../kinds.ts";
import { readSprint, SPRINT_INCLUDES, toReportText } from "../../sprints/sprint-report.ts";
import { toToday } from "../../clock.ts";
import { defineTool, READS } from "../../tool/define-tool.ts";
import { ToolError } from "../../errors.ts";
import { listOf, maybe, openRow, project, text } from "../../schema/fields.ts";
import { findSprint } from "../../projects/find-sprint.ts";

export default defineTool({
  name: "get_sprint",
  title: "Get a sprint",
  description: "Read one sprint: dates, progress, burndown, stories with their open tasks, issues.",
  access: "read",
  taigaPermissions: permissionsTo("view", ["sprint"]),
  annotations: READS,
  inputSchema: z.strictObject({
    sprint: maybe(text(200).describe("Name, current (default), next or last")),
    project: maybe(project),
    include: maybe(
      listOf(z.enum(SPRINT_INCLUDES), SPRINT_INCLUDES.length).describe("Default: all"),
    ),
  }),
  outputSchema: openRow({ name: z.string() }),
  async handler({ sprint = "current", project: reference, include }, context) {
    const { taiga, projects, clock, taigaWebUrl } = context;
    const found = await projects.resolve(reference);
    const today = toToday(clock);
    const { id } = await findSprint(projects, found, sprint, {
      today,
      field: "sprint",
      acceptsBeginning: true,
    });
    if (id === null) {
      throw new ToolError(
        "invalid_argument",
        'sprint: the backlog is not a sprint; find_items with sprint "backlog" lists its items.',
      );
    }
    const report = await readSprint(
      { id, project: found, include: new Set(include ?? SPRINT_INCLUDES) },
      taiga,
      { project: found, projects, qualified: false, taigaWebUrl, today },
    );
    return { text: toReportText(report), data: { ...report } };
  },
});
