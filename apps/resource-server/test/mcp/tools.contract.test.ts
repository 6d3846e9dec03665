import { encode } from "gpt-tokenizer/encoding/o200k_base";
import { readdir } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { loadTools, TOOLSETS } from "@taiga-mcp/taiga-tools";
import { toMcpTool } from "../../src/mcp/mcp-tool.ts";

/** The tokens that a model pays for on every turn; see the tool surface's rule 2. */
const MAX_CORE_TOOLS = 16;
const MAX_CORE_TOKENS = 3_000;
const MAX_TOKENS = 13_000;

const tools = await loadTools();
const listings = tools.map(({ listing }) => listing);

interface JsonSchema {
  [keyword: string]: unknown;
  properties?: Record<string, JsonSchema>;
}

/** Every schema object within a JSON value, with its path. */
function* objectsIn(value: unknown, path: string): Generator<[string, JsonSchema]> {
  if (typeof value !== "object" || value === null) return;
  yield [path, value as JsonSchema];
  for (const [key, inner] of Object.entries(value)) yield* objectsIn(inner, `${path}.${key}`);
}

const tokensOf = (listed: typeof tools): number =>
  encode(JSON.stringify({ tools: listed.map((tool) => toMcpTool(tool).listings.text) })).length;

describe("the tool list", () => {
  // @rule MCP-TOOLS-1
  it("changes only on purpose: it is compared with tools.json", async () => {
    await expect(`${JSON.stringify(listings, null, 2)}\n`).toMatchFileSnapshot("tools.json");
  });

  it("has a tool for every file", async () => {
    const files = await Promise.all(
      TOOLSETS.map((toolset) =>
        readdir(new URL(`../../../../packages/taiga-tools/src/tools/${toolset}/`, import.meta.url)),
      ),
    );
    expect(tools).toHaveLength(files.flat().length);
  });

  it("has no name twice", () => {
    const names = listings.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  // @rule MCP-TOOLS-1
  it("of the core toolset stays within its budget of tools and tokens", () => {
    const core = tools.filter(({ definition }) => definition.toolset === "core");
    expect(core.length).toBeLessThanOrEqual(MAX_CORE_TOOLS);
    expect(tokensOf(core)).toBeLessThanOrEqual(MAX_CORE_TOKENS);
  });

  // @rule MCP-TOOLS-1
  it("of all toolsets together stays within its budget of tokens", () => {
    expect(tokensOf(tools)).toBeLessThanOrEqual(MAX_TOKENS);
  });
});

describe.each(tools.map((tool) => [tool.definition.name, tool] as const))("%s", (_name, tool) => {
  const { definition, listing } = tool;

  // @rule MCP-TOOLS-2
  it("has a title and a description, and says in its hints what its access level means", () => {
    expect(listing.title).toMatch(/^[A-Z]/);
    expect(listing.description).toMatch(/[.!?]$/);
    const { access, annotations } = definition;
    const isRead = access === "read";
    expect(annotations.readOnlyHint).toBe(isRead);
    expect(annotations.idempotentHint || !isRead).toBe(true);
    expect(annotations.destructiveHint && isRead).toBe(false);
    expect(annotations.destructiveHint || access !== "delete").toBe(true);
    // Text in Taiga is written by other people.
    expect(annotations.openWorldHint).toBe(true);
  });

  it("describes every input field", () => {
    const fields = Object.entries((listing.inputSchema as JsonSchema).properties ?? {});
    const undescribed = fields.filter(([, schema]) => typeof schema["description"] !== "string");
    expect(undescribed.map(([field]) => field)).toEqual([]);
  });

  // @rule MCP-TOOLS-1
  it("has schemas that every client accepts: flat objects, no references, no union at the top", () => {
    for (const schema of [listing.inputSchema, listing.outputSchema] as JsonSchema[]) {
      expect(schema["type"]).toBe("object");
      for (const keyword of ["anyOf", "oneOf", "allOf", "not"]) {
        expect(schema).not.toHaveProperty(keyword);
      }
      const references = [...objectsIn(schema, definition.name)].filter(([, object]) =>
        ["$ref", "$defs", "$schema"].some((keyword) => keyword in object),
      );
      expect(references.map(([path]) => path)).toEqual([]);
    }
  });
});
