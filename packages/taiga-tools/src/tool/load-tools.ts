import { readdir } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { TOOLSETS, type Toolset } from "../policy/toolsets.ts";
import type { ToolDefinition, ToolHints } from "./define-tool.ts";

/** A JSON Schema as clients see it. */
export type ListedSchema = { type: "object"; [keyword: string]: unknown };

/** The description of a tool that models see. */
export interface ToolListing {
  name: string;
  title: string;
  description: string;
  inputSchema: ListedSchema;
  outputSchema: ListedSchema;
  annotations: ToolHints;
}

/** A tool with its listing, which is computed once and is the same for every request. */
export interface LoadedTool {
  definition: ToolDefinition & { toolset: Toolset };
  listing: ToolListing;
}

/** `verb_noun`, or a verb alone, in characters that MCP and model APIs allow. */
const NAME = /^[a-z]+(_[a-z]+)*$/;
const MAX_NAME_LENGTH = 64;

/**
 * Imports every tool below a folder, `<toolset>/<verb>-<noun>`. Toolsets keep their order and tools
 * are sorted by name, so the list is always in the same order. New tools need no registration.
 *
 * @param folder source or build output; reads files with the same extension as this one.
 * @throws {Error} that names the file if it exports no tool or one with another name.
 */
export async function loadTools(
  folder = new URL("../tools/", import.meta.url),
): Promise<readonly LoadedTool[]> {
  const tools: LoadedTool[] = [];
  const folders = await readdir(folder);
  for (const toolset of TOOLSETS.filter((name) => folders.includes(name))) {
    const files = await readdir(new URL(`${toolset}/`, folder));
    for (const file of files.filter(isModule).toSorted()) {
      const module: { default?: unknown } = await import(
        new URL(`${toolset}/${file}`, folder).href
      );
      tools.push(toLoadedTool(readDefinition(module.default, toolset, file), toolset));
    }
  }
  return tools;
}

/** Converts a tool's schemas to its listing; `loadTools` does this for all tools. */
export function toLoadedTool(definition: ToolDefinition, toolset: Toolset): LoadedTool {
  const inputSchema = toListedSchema(definition.inputSchema, "input");
  const outputSchema = toListedSchema(definition.outputSchema, "output");
  const { name, title, description, annotations } = definition;
  return {
    definition: { ...definition, toolset },
    listing: { name, title, description, inputSchema, outputSchema, annotations },
  };
}

/**
 * Converts a tool's schema to the JSON Schema that clients see. It leaves out what costs tokens and
 * tells a model nothing: the dialect (2020-12 is MCP's default), the bounds of a safe integer, the
 * pattern behind a named format, and that a strict answer has no further members.
 *
 * @param io `input` for what a tool accepts, `output` for what it answers.
 * @see MCP tools, "Data Types"
 */
export function toListedSchema(schema: z.ZodObject, io: "input" | "output"): ListedSchema {
  const { $schema: _dialect, ...json } = z.toJSONSchema(schema, {
    io,
    target: "draft-2020-12",
    override: ({ jsonSchema }) => {
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      if (jsonSchema.format !== undefined) delete jsonSchema.pattern;
      if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
    },
  });
  return { ...json, type: "object" };
}

const MODULE_EXTENSION = path.extname(import.meta.url);

const isModule = (file: string): boolean =>
  file.endsWith(MODULE_EXTENSION) && !file.endsWith(`.d${MODULE_EXTENSION}`);

function readDefinition(exported: unknown, toolset: string, file: string): ToolDefinition {
  const fail = (reason: string): never => {
    throw new Error(`tools/${toolset}/${file}: ${reason}`);
  };
  if (!isToolDefinition(exported)) return fail("the default export must be made by defineTool");
  const name = path.basename(file, MODULE_EXTENSION).replaceAll("-", "_");
  if (exported.name !== name) fail(`the tool must be called ${name}, like its file`);
  if (!NAME.test(name) || name.length > MAX_NAME_LENGTH) {
    fail(`the name must be verb_noun in snake_case, at most ${MAX_NAME_LENGTH} characters`);
  }
  return exported;
}

const isToolDefinition = (value: unknown): value is ToolDefinition =>
  typeof value === "object" &&
  value !== null &&
  ["name", "inputSchema", "outputSchema", "handler"].every((key) => key in value);
