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
  description: "Create a sprint, or change the dates or name of an existing one.",
  access: "write",
  taigaPermissions: [...permissionsTo("add", ["sprint"]), ...permissionsTo("modify", ["sprint"])],
  annotations: { ...CHANGES, idempotentHint: true },
  inputSchema: z.strictObject({
    sprint: name.describe("Name; current or next for an existing one"),
    project: maybe(project),
    start: maybe(day.describe("First day, YYYY-MM-DD; a new sprint needs both")),
    finish: maybe(day.describe("Last day, YYYY-MM-DD")),
    new_name: maybe(name.describe("Renames the sprint")),
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
    const { taiga, projects, clock, lockWrites } = context;
    const saved = await saveSprint(
      { ...request, dryRun: dry_run ?? false },
      { taiga, projects, lockWrites, today: toToday(clock) },
    );
    const { changes, ...data } = saved;
    const lines = [
      `${saved.outcome.replaceAll("_", " ")}: ${toOneLine(saved.name)} (${saved.start} to ${saved.finish})`,
      ...changes.map(({ field, before, after }) => `  ${field}: ${before} → ${after}`),
    ];
    return { text: fence(lines.join("\n")), data };
  },
});
