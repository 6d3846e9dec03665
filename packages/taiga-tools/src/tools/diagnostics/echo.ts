import { z } from "zod";
import { text } from "../../schema/fields.ts";
import { toOneLine } from "../../text/clean.ts";
import { fence } from "../../text/fence.ts";
import { defineTool, READS } from "../../tool/define-tool.ts";

export default defineTool({
  name: "echo",
  title: "Echo",
  description: "Answer with the given text, to test the connection. Asks Taiga nothing.",
  access: "read",
  annotations: READS,
  inputSchema: z.strictObject({ message: text(1_000).describe("Any text") }),
  outputSchema: z.object({ message: z.string() }),
  handler: async ({ message }) => ({ text: fence(message), data: { message: toOneLine(message) } }),
});
