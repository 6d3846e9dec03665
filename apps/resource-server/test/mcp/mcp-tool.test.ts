import { toLoadedTool } from "@taiga-mcp/taiga-tools";
import { describe, expect, it } from "vitest";
import { toMcpTool } from "../../src/mcp/mcp-tool.ts";
import { toolOf } from "../support/tools.ts";

describe("toMcpTool", () => {
  // @rule MCP-TRANSPORT-7
  it("converts schemas once; the SDK gets the same objects on every request", () => {
    const loaded = toLoadedTool(toolOf("find_things", "read"), "core");
    const { listing } = loaded;
    const tool = toMcpTool(loaded);
    const convert = () =>
      tool.inputSchema["~standard"].jsonSchema.input({ target: "draft-2020-12" });
    expect(convert()).toBe(listing.inputSchema);
    expect(convert()).toBe(convert());
    expect(tool.outputSchema["~standard"].jsonSchema.output({ target: "draft-2020-12" })).toBe(
      listing.outputSchema,
    );
  });
});
