import { z } from "zod";

/** A JSON Schema as clients see it. */
export type ListedSchema = { type: "object"; [keyword: string]: unknown };

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
