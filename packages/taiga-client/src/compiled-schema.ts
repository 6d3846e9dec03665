import { z } from "zod";

/** Schemas that were used once (`undefined`) or are compiled. */
const compiled = new WeakMap<z.ZodType, z.ZodType | undefined>();
const lists = new WeakMap<z.ZodType, z.ZodArray>();

/**
 * The same schema as generated code, which validates the rows of a list in a quarter of the time. What
 * matters more is that the interpreter's many small objects are not made: they cost the garbage
 * collector as much again. Compiling takes milliseconds, so it happens at the second use: a schema that
 * is made anew for each call is never compiled.
 *
 * The errors are those of the original, because the generated code leaves them to the interpreter.
 */
export function toCompiled<Schema extends z.ZodType>(schema: Schema): Schema {
  const known = compiled.get(schema);
  if (known !== undefined) return known as Schema;
  const made = compiled.has(schema) ? z.compile(schema) : undefined;
  compiled.set(schema, made);
  return made ?? schema;
}

/** `z.array(schema)`, always the same for the same schema. */
export function toListSchema<Schema extends z.ZodType>(schema: Schema): z.ZodArray<Schema> {
  const known = lists.get(schema) ?? z.array(schema);
  lists.set(schema, known);
  return known as z.ZodArray<Schema>;
}
