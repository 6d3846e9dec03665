import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TOOLSETS } from "../../src/policy/toolsets.ts";
import { loadTools } from "../../src/tool/load-tools.ts";
import { runTool } from "../../src/tool/run-tool.ts";
import { createTaiga } from "../support/taiga.ts";
import { projectOf } from "../support/taiga-seed.ts";
import { createBench } from "../support/tool-context.ts";

const tools = await loadTools();
const limits = {
  operator: { accessLimit: "admin" as const, toolsets: TOOLSETS },
  request: { readOnly: false, toolsets: undefined },
  caller: { access: "admin" as const },
};

/** As much of JSON Schema as our tools use. */
interface Schema {
  type?: string;
  enum?: string[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
}

const anything = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.string({ unit: "binary", maxLength: 12 }),
  fc.constantFrom("__proto__", "constructor", "", " ", "!", "null", "[]", "\u0000", "💥"),
);
const REFS = ["#1", "alpha-one#1", "2", "#99", "beta-two#1", "wiki:home", "Sprint 2", "current"];
const WORDS = ["alpha-one", "me", "bob", "New", "Done", "Back", "2026-11-20", "ring", "none"];
const CHANGES: Schema = {
  type: "object",
  properties: {
    subject: { type: "string" },
    status: { type: "string", enum: ["New", "Done", "Nowhere"] },
    assigned_to: { type: "array", items: { type: "string", enum: ["me", "alice", "nobody"] } },
    points: { type: "object" },
    add_tags: { type: "array", items: { type: "string" } },
    due_date: { type: "string", enum: ["2026-11-20", "none", "2026-02-30"] },
    comment: { type: "string" },
  },
};

/** What a schema asks for, mostly; now and then anything else. */
function like(schema: Schema, name = ""): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 24, arbitrary: exactly(schema, name) },
    { weight: 1, arbitrary: anything },
  );
}

function exactly(schema: Schema, name: string): fc.Arbitrary<unknown> {
  const { type, items, properties, required = [] } = name === "set" ? CHANGES : schema;
  switch (type) {
    case "boolean":
      return fc.boolean();
    case "integer":
      return fc.integer({ min: 1, max: 100 });
    case "array":
      return fc.array(like(items ?? {}, name), { minLength: 1, maxLength: 2 });
    case "object":
      return objectLike(properties ?? { Back: {}, Front: {} }, required);
    default:
      return fc.constantFrom(...(schema.enum ?? (/refs?|parent|epic/.test(name) ? REFS : WORDS)));
  }
}

/** What is required, a few of the others, and rarely a name that nobody asked for. */
const objectLike = (properties: Record<string, Schema>, required: string[]) =>
  fc
    .tuple(
      fc.record(
        Object.fromEntries(required.map((name) => [name, like(properties[name] ?? {}, name)])),
        { noNullPrototype: true },
      ),
      fc
        .subarray(Object.keys(properties), {
          maxLength: Math.min(3, Object.keys(properties).length),
        })
        .chain((names) =>
          fc.record(
            Object.fromEntries(names.map((name) => [name, like(properties[name] ?? {}, name)])),
            { noNullPrototype: true },
          ),
        ),
      fc.constantFrom(...Array.from({ length: 20 }, () => undefined), "__proto__", "x"),
    )
    .map(([must, may, strange]) => ({
      ...may,
      ...must,
      ...(strange !== undefined && { [strange]: 1 }),
    }));

const isWrite = (request: string) => !request.startsWith("GET ");

describe.each(tools.map((tool) => [tool.definition.name, tool] as const))("%s", (_name, tool) => {
  const { definition, listing } = tool;

  // @rule MCP-TOOLS-2 INPUT-18
  it("answers any arguments, or says what is wrong with them: never that something failed on our side", async () => {
    const taiga = createTaiga([projectOf("alpha-one"), projectOf("beta-two")]);
    let handled = 0;
    await fc.assert(
      fc.asyncProperty(like(listing.inputSchema as Schema), async (args) => {
        taiga.reset();
        taiga.add("userstory", { subject: "Ring the bell" });
        taiga.add("issue", { subject: "It does not ring" });
        const bench = createBench({ taiga, projects: [1] });
        const call = {
          tool: definition,
          limits,
          args,
          answers: "structured" as const,
          requestId: "the-request",
        };
        const enter = () => {
          handled += 1;
          return bench.context;
        };
        const outcome = await runTool(call, enter, () => {});
        const text = JSON.stringify(outcome.text);
        expect(text).not.toContain("the-request");
        // No arguments reveal a project that the connection does not cover.
        expect(text).not.toContain("beta two");
        const writes = bench.asked().filter(isWrite);
        if (definition.annotations.readOnlyHint) expect(writes).toEqual([]);
      }),
      { numRuns: 80 },
    );
    // The test is meaningful only if some arguments pass the schema.
    expect(handled).toBeGreaterThan(5);
  });
});
