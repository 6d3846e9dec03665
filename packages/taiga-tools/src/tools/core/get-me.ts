import { z } from "zod";
import { defineTool, READS } from "../../tool/define-tool.ts";
import { openRow } from "../../schema/fields.ts";
import { toProjectLine, toProjectText } from "../../projects/project-line.ts";
import { MAX_ANSWER_BYTES, capText } from "../../text/cap.ts";
import { toOneLine } from "../../text/clean.ts";
import { fence } from "../../text/fence.ts";

export default defineTool({
  name: "get_me",
  title: "Who am I",
  description: "Read which Taiga user you act as: user name, e-mail, roles and projects.",
  access: "read",
  annotations: READS,
  inputSchema: z.strictObject({}),
  outputSchema: openRow({ username: z.string() }),
  async handler(_input, { projects }) {
    const [me, list] = await Promise.all([projects.me(), projects.list()]);
    const roles = me.roles.map(toOneLine);
    const data = {
      username: me.username,
      name: toOneLine(me.full_name_display),
      email: me.email,
      ...(!projects.isLimited && { roles }),
      projects: list.map(toProjectLine),
    };
    const lines = [
      `@${data.username} | ${data.name} | ${data.email}`,
      ...(projects.isLimited ? [] : [`roles: ${roles.join(", ") || "none"}`]),
      ...data.projects.map(toProjectText),
    ];
    const text = `You, and your ${list.length} projects:\n${fence(lines.join("\n"))}`;
    return { text: capText(text, MAX_ANSWER_BYTES), data };
  },
});
