import { z } from "zod";
import { isCut } from "../text/cap.ts";
import { nearestNames } from "./names.ts";

/*
 * Input fields that all tools share. Models sometimes send numbers, booleans and lists as text.
 * These fields accept both, while clients see the plain JSON schema.
 */

/** Parses text that starts as a JSON list or object; returns any other value unchanged. */
function parseJson(value: unknown, opening: "[" | "{"): unknown {
  if (typeof value !== "string" || !value.trimStart().startsWith(opening)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

const toText = (value: unknown): unknown => (typeof value === "number" ? String(value) : value);

/** An optional field; also accepts null, which some clients send for omitted fields. */
export const maybe = <Field extends z.ZodType>(field: Field) =>
  z.preprocess((value) => value ?? undefined, field.optional()).optional();

// Limits are refinements, because JSON Schema keywords would cost every client tokens.
const bounded = (max: number) =>
  z
    .string()
    .trim()
    .refine((value) => value.length <= max, `must have at most ${max} characters`);

/** Text; also accepts a number, as its digits. */
export const text = (maxLength: number) => z.preprocess(toText, bounded(maxLength));

/** Refuses a text that was copied from an answer that had cut it: writing it would lose the rest. */
export const isWhole = [
  (value: unknown): boolean => typeof value !== "string" || !isCut(value),
  "is cut: it contains the note of an answer on what is left out. Read it to the end with get_items (one ref, then its cursor), and send all of it",
] as const;

/** A name, or "none", "" or null to clear the field. */
export const clearableName = z.preprocess(
  (value) => (value === null ? "" : toText(value)),
  bounded(200),
);

/** A boolean; also accepts "true", "false", "yes" and "no". */
export const flag = z.preprocess((value) => {
  if (typeof value !== "string") return value;
  const word = value.trim().toLowerCase();
  if (["true", "yes", "1"].includes(word)) return true;
  return ["false", "no", "0"].includes(word) ? false : value;
}, z.boolean());

/** An integer in a range; also accepts digits as text. */
export const count = (min: number, max: number) =>
  z.preprocess(
    (value) => (typeof value === "string" && /^-?\d+$/.test(value.trim()) ? Number(value) : value),
    z.int().refine((value) => value >= min && value <= max, `must be from ${min} to ${max}`),
  );

/** A list; also accepts JSON text or a single value. */
export const listOf = <Item extends z.ZodType>(item: Item, max: number) =>
  z.preprocess(
    (value) => {
      const list = parseJson(value, "[");
      if (list === undefined || list === null) return list;
      // Entries beyond the limit would be checked before they are refused.
      return Array.isArray(list) ? list.slice(0, max + 1) : [list];
    },
    z.array(item).refine((list) => list.length <= max, `must have at most ${max} entries`),
  );

/** A list of names. */
export const names = listOf(text(200), 50);

/** An object; also accepts JSON text. */
export const objectOf = <Shape extends z.ZodType>(shape: Shape) =>
  z.preprocess((value) => parseJson(value, "{"), shape);

/** How many unknown fields an error names, and with how many letters of each. */
const MAX_UNKNOWN_FIELDS = 5;
const MAX_SHOWN_LETTERS = 60;

/** An object with only these fields; the error for an unknown field offers the nearest names. */
export const strictFields = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.strictObject(shape, {
    error: (issue) =>
      issue.code === "unrecognized_keys"
        ? describeUnknownFields(issue.keys, Object.keys(shape))
        : undefined,
  });

function describeUnknownFields(unknown: readonly string[], known: readonly string[]): string {
  const descriptions = unknown.slice(0, MAX_UNKNOWN_FIELDS).map((name) => {
    const near = nearestNames(name, known);
    const shown = name.slice(0, MAX_SHOWN_LETTERS);
    return `there is no field "${shown}"${near.length > 0 ? `, perhaps ${near.join(" or ")}` : ""}`;
  });
  const more = unknown.length - descriptions.length;
  if (more > 0) descriptions.push(`and ${more} more`);
  return `${descriptions.join("; ")}. Fields: ${known.join(", ")}`;
}

/** More than any object of an input has fields, or any project has custom fields. */
const MAX_MEMBERS = 200;

const hasFewMembers = (value: unknown): boolean =>
  typeof value !== "object" || value === null || Object.keys(value).length <= MAX_MEMBERS;

/** An object whose schema clients see as a plain object; the description explains its fields. */
export const describedObject = <Shape extends z.ZodType>(shape: Shape) =>
  objectOf(
    z
      .unknown()
      .refine(hasFewMembers, `must have at most ${MAX_MEMBERS} entries`)
      .meta({ type: "object" })
      .pipe(shape),
  );

/** An object with user-defined keys, such as roles; clients see a plain object. */
export const mapOf = <Value extends z.ZodType>(value: Value) =>
  describedObject(z.record(z.string(), value));

/**
 * A row of an answer: the fields that clients can rely on, and possibly others. JSON Schema allows
 * other members by default, so saying so would only cost every client tokens.
 */
export const openRow = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.looseObject(shape).meta({ additionalProperties: undefined });

const isDay = (value: string): boolean =>
  /^\d{4}-\d{2}-\d{2}$/.test(value) &&
  new Date(`${value}T00:00:00Z`).toJSON()?.startsWith(value) === true;

/** A day, `YYYY-MM-DD`. */
export const day = z.string().trim().refine(isDay, "must be a date: YYYY-MM-DD");

/** A day, or "none", "" or null to clear the field. */
export const clearableDay = z.preprocess(
  (value) => (value === null ? "none" : value),
  z
    .string()
    .trim()
    .refine((value) => ["", "none"].includes(value) || isDay(value), "must be YYYY-MM-DD or none"),
);

/** A project by slug, name or id. */
export const project = text(200).describe("Slug or name");

/** References to items, wiki pages or sprints, in any form that people use. */
export const references = listOf(text(500), 100)
  .refine((refs) => refs.length > 0, "must have at least one entry")
  .describe("#42, slug#42, wiki:page or Taiga URL");

/** A repeated call with the same key and arguments never creates anything twice. */
export const idempotencyKey = text(200)
  .refine((key) => key.length >= 8, "must have at least 8 characters")
  .describe("Unique text, 8+ characters; repeating the call does nothing twice");

/** Shows what a call would do, without doing it. */
export const dryRun = flag.describe("Only show what would change");

/** The token from the first call of a deletion. */
export const confirmation = text(2_000).describe("Token from the first call, once the user agreed");
