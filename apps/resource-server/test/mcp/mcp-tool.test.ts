import { toLoadedTool } from "@taiga-mcp/taiga-tools";
import { expect, it } from "vitest";
import { toMcpTool } from "../../src/mcp/mcp-tool.ts";
import { toolOf } from "../support/tools.ts";

// @rule MCP-TRANSPORT-7
it("toMcpTool converts schemas once and lists output schemas only with structured answers", () => {
  const { listing, definition } = toLoadedTool(toolOf("find_things", "read"), "core");
  const { listings } = toMcpTool({ listing, definition });
  expect(listings.text.inputSchema).toBe(listing.inputSchema);
  expect(listings.text).not.toHaveProperty("outputSchema");
  expect(listings.structured.inputSchema).toBe(listing.inputSchema);
  expect(listings.structured.outputSchema).toBe(listing.outputSchema);
});
