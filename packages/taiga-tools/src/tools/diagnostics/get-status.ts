import { z } from "zod";
import { readStatus } from "../../status/read-status.ts";
import { openRow } from "../../schema/fields.ts";
import { defineTool, READS } from "../../tool/define-tool.ts";

export default defineTool({
  name: "get_status",
  title: "Connection status",
  description: "Read whether Taiga answers, which Taiga it is, and what this connection may do.",
  access: "read",
  annotations: READS,
  inputSchema: z.strictObject({}),
  outputSchema: openRow({ taiga: z.string(), answers: z.boolean(), access: z.string() }),
  handler: (_input, context) => readStatus(context),
});
