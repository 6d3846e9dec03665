import { z } from "zod";
import { permissionsTo } from "../../kinds.ts";
import { toToday } from "../../clock.ts";
import { CHANGES, defineTool } from "../../tool/define-tool.ts";
import { day, dryRun, maybe, project, text } from "../../schema/fields.ts";
import { saveSprint } from "../../sprints/save-sprint.ts";
import { toOneLine } from "../../text/clean.ts";
import { fence } from "../../text/fence.ts";

const name = text(200).refine((value) => value !== "", "must not be blank");

export default defineTool({
  name: "save_sprint",
  title: "Save a sprint",
  description: "Create the sprint of this name, or change the one there is.",
  access: "write",
  taigaPermissions: [...permissionsTo("add", ["sprint"]), ...permissionsTo("modify", ["sprint"])],
  annotations: { ...CHANGES, idempotentHint: true },
  inputSchema: z.strictObject({
    sprint: name.describe("Name; current or next to change"),
    project: maybe(project),
    start: maybe(day.describe("YYYY-MM-DD")),
    finish: maybe(day.describe("Last day")),
    new_name: maybe(name.describe("To rename it")),
    dry_run: maybe(dryRun),
  }),
  outputSchema: z.object({
    outcome: z.string(),
    name: z.string(),
    start: z.string(),
    finish: z.string(),
  }),
  async handler({ sprint, project: reference, start, finish, new_name, dry_run }, context) {
    const request = { sprint, project: reference, start, finish, newName: new_name };
    const { taiga, projects, clock } = context;
    const saved = await saveSprint(
      { ...request, dryRun: dry_run ?? false },
      { taiga, projects, today: toToday(clock) },
    );
    const { changes, ...data } = saved;
    const lines = [
      `${saved.outcome.replaceAll("_", " ")}: ${toOneLine(saved.name)} (${saved.start} to ${saved.finish})`,
      ...changes.map(({ field, before, after }) => `  ${field}: ${before} → ${after}`),
    ];
    return { text: fence(lines.join("\n")), data };
  },
});
