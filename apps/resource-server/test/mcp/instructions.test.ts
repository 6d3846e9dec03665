import { loadTools } from "@taiga-mcp/taiga-tools";
import { expect, it } from "vitest";
import { ALWAYS_LOADED, LONG_ANSWERS } from "../../src/mcp/client-hints.ts";
import { INSTRUCTIONS, MAX_INSTRUCTIONS } from "../../src/mcp/instructions.ts";

const tools = await loadTools();
const names = tools.map(({ listing }) => listing.name);

// @rule MCP-TOOLS-6
it("the instructions say of every tool what it does, in what Claude Code shows of them", () => {
  expect(INSTRUCTIONS.length).toBeLessThanOrEqual(MAX_INSTRUCTIONS);
  expect(names.filter((name) => !INSTRUCTIONS.includes(name))).toEqual([]);
});

// @rule MCP-TOOLS-6
it("the instructions name no tool that does not exist", () => {
  const words = INSTRUCTIONS.match(
    /\b(?:add|create|delete|find|get|list|move|save|set|update)_[a-z_]+/g,
  );
  expect(words?.filter((word) => !names.includes(word))).toEqual([]);
});

// @rule MCP-TOOLS-6
it("every description is shorter than what Claude Code shows of one", () => {
  const long = tools.filter(({ listing }) => listing.description.length > MAX_INSTRUCTIONS);
  expect(long.map(({ listing }) => listing.name)).toEqual([]);
});

// @rule MCP-TOOLS-6
it("hints for clients name tools that exist", () => {
  expect([...ALWAYS_LOADED, ...LONG_ANSWERS].filter((name) => !names.includes(name))).toEqual([]);
});
