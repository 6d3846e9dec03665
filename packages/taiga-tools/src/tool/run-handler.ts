import { ToolError } from "../errors.ts";
import type { ToolAnswer, ToolContext, ToolDefinition } from "./define-tool.ts";

/**
 * Calls a tool's handler. If it does not know a name, which may have been created since the
 * metadata of a project was read, it is called once more with metadata that is read anew. Tools
 * look up all names before they write anything.
 */
export async function runHandler(
  tool: ToolDefinition,
  input: Parameters<ToolDefinition["handler"]>[0],
  context: ToolContext,
): Promise<ToolAnswer<object>> {
  try {
    return await tool.handler(input, context);
  } catch (error) {
    const mayBeNew = error instanceof ToolError && error.mayBeNew;
    if (!mayBeNew || !context.projects.dropReused()) throw error;
    return tool.handler(input, context);
  }
}
