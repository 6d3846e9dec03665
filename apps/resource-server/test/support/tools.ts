import type { AccessLevel } from "@taiga-mcp/service";
import { z } from "zod";
import { defineTool, type ToolContext, type ToolDefinition } from "@taiga-mcp/taiga-tools";

/** A tool that does nothing; it needs an access level and optionally a Taiga permission. */
export const toolOf = (
  name: string,
  access: AccessLevel,
  more: Partial<ToolDefinition> = {},
): ToolDefinition => ({
  ...defineTool({
    name,
    title: name,
    description: `Does ${name}.`,
    access,
    annotations: {
      readOnlyHint: access === "read",
      destructiveHint: access === "delete",
      idempotentHint: false,
      openWorldHint: true,
    },
    inputSchema: z.object({ text: z.string().describe("What to say").optional() }),
    outputSchema: z.object({ said: z.string() }),
    handler: async ({ text = "nothing" }) => ({ text: `${name}: ${text}`, data: { said: text } }),
  }),
  ...more,
});

/** A tool with the given handler. */
export const toolDoing = (
  name: string,
  access: AccessLevel,
  handler: (context: ToolContext) => Promise<string>,
): ToolDefinition =>
  toolOf(name, access, {
    handler: async (_input: unknown, context: ToolContext) => {
      const text = await handler(context);
      return { text, data: { said: text } };
    },
  });
