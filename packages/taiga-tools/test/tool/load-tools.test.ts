import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { loadTools, toListedSchema } from "../../src/tool/load-tools.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "tools-"));
  await mkdir(path.join(folder, "core"));
});
afterEach(() => rm(folder, { recursive: true }));

const zod = import.meta.resolve("zod");
const sourceOf = (name: string, more = "") => `
import { z } from ${JSON.stringify(zod)};
export default {
  name: ${JSON.stringify(name)}, title: "T", description: "D", access: "read",
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: true },
  inputSchema: z.object({}), outputSchema: z.object({}), handler: async () => ({ text: "", data: {} }), ${more}
};`;
const write = (file: string, source: string) => writeFile(path.join(folder, "core", file), source);
const load = () => loadTools(pathToFileURL(`${folder}${path.sep}`));

describe("loadTools", () => {
  // @rule MCP-TRANSPORT-6
  it("finds every tool file, in the order of their names, and nothing else", async () => {
    await write("get-second.ts", sourceOf("get_second"));
    await write("get-first.ts", sourceOf("get_first"));
    await write("get-first.d.ts", "export {};");
    await write("get-first.js.map", "{}");
    expect((await load()).map(({ definition }) => definition.name)).toEqual([
      "get_first",
      "get_second",
    ]);
  });

  it("puts a tool into the toolset of its folder, whatever else the file says", async () => {
    await write("get-c.ts", sourceOf("get_c", 'toolset: "other",'));
    expect((await load()).map(({ definition }) => definition.toolset)).toEqual(["core"]);
  });

  it.each([
    [
      "get-a.ts",
      sourceOf("get_b"),
      "tools/core/get-a.ts: the tool must be called get_a, like its file",
    ],
    ["get-d.ts", "export const tool = {};", "tools/core/get-d.ts: the default export"],
    ["getE.ts", sourceOf("getE"), "tools/core/getE.ts: the name must be verb_noun"],
  ])("refuses %s with the reason", async (file, source, message) => {
    await write(file, source);
    await expect(load()).rejects.toThrow(message);
  });
});

describe("toListedSchema", () => {
  it("keeps what tells a model something and drops the rest", () => {
    const schema = z.object({
      count: z.int().describe("How many"),
      limit: z.int().min(1).max(100).optional(),
      due: z.iso.date(),
      inner: z.object({ ref: z.string().regex(/^#/) }),
      open: z.looseObject({}),
    });
    expect(toListedSchema(schema, "output")).toEqual({
      type: "object",
      properties: {
        count: { type: "integer", description: "How many" },
        limit: { type: "integer", minimum: 1, maximum: 100 },
        due: { type: "string", format: "date" },
        inner: {
          type: "object",
          properties: { ref: { type: "string", pattern: "^#" } },
          required: ["ref"],
        },
        open: { type: "object", properties: {}, additionalProperties: {} },
      },
      required: ["count", "due", "inner", "open"],
    });
  });
});
