import { z } from "zod";
import { defineTool, READS } from "../../tool/define-tool.ts";
import { maybe, openRow, project } from "../../schema/fields.ts";
import { describeProject } from "../../projects/project-description.ts";
import { toDescriptionText } from "../../projects/project-text.ts";
import { capText, MAX_ANSWER_BYTES } from "../../text/cap.ts";
import { fence } from "../../text/fence.ts";

export default defineTool({
  name: "get_project",
  title: "Get a project",
  description:
    "Read what you need to write to a project: members, roles, statuses, issue types, points, tags, custom fields, open sprints, swimlanes, your permissions.",
  access: "read",
  annotations: READS,
  inputSchema: z.strictObject({ project: maybe(project) }),
  outputSchema: openRow({ slug: z.string(), name: z.string() }),
  async handler({ project: reference }, { projects }) {
    const found = await projects.resolve(reference);
    const data = describeProject(found, await projects.openSprints(found.id));
    const text = fence(capText(toDescriptionText(data), MAX_ANSWER_BYTES));
    return { text, data: { ...data } };
  },
});
