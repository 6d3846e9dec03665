import { describe, expect, it } from "vitest";
import { z } from "zod";
import * as fields from "../../src/schema/fields.ts";

describe("lenient fields", () => {
  it.each([
    ["true", true],
    ["No", false],
    ["1", true],
    [false, false],
  ])("take %j for a flag", (sent, expected) => expect(fields.flag.parse(sent)).toBe(expected));

  it.each([
    ['["a","b"]', ["a", "b"]],
    ["a", ["a"]],
    [7, ["7"]],
    ["[broken", ["[broken"]],
  ])("take %j for a list", (sent, expected) => expect(fields.names.parse(sent)).toEqual(expected));

  it("take null for a field that is left out, as some clients send it", () => {
    const schema = z.strictObject({ a: fields.maybe(fields.names), b: fields.maybe(fields.flag) });
    expect(schema.parse({ a: null })).toEqual({ a: undefined });
    expect(z.toJSONSchema(schema, { io: "input" })).not.toHaveProperty("required");
  });

  it("take JSON text for an object and digits for a number", () => {
    expect(fields.mapOf(fields.text(9)).parse('{"Back": 3}')).toEqual({ Back: "3" });
    expect(fields.count(1, 100).parse("30")).toBe(30);
  });

  it("still refuse what is out of bounds", () => {
    expect(fields.count(1, 100).safeParse("101").success).toBe(false);
    expect(fields.count(1, 100).safeParse(1.5).success).toBe(false);
    expect(fields.text(3).safeParse("four").success).toBe(false);
    expect(fields.listOf(z.string(), 1).safeParse(["a", "b"]).success).toBe(false);
    expect(fields.flag.safeParse("perhaps").success).toBe(false);
  });

  it.each(["2026-02-29", "2026-13-01", "20261120", "tomorrow", "2026-1-1"])(
    "refuse %s, a date that would make Taiga fail",
    (sent) => expect(fields.day.safeParse(sent).success).toBe(false),
  );

  it("take null, none and nothing for a date to be cleared", () => {
    for (const sent of [null, "none", ""]) {
      expect(fields.clearableDay.safeParse(sent).success).toBe(true);
    }
    expect(fields.day.parse("2028-02-29")).toBe("2028-02-29");
  });

  it("look plain in the JSON schema that clients see", () => {
    const schema = z.object({ flag: fields.flag, list: fields.names, day: fields.day });
    expect(z.toJSONSchema(schema, { io: "input" }).properties).toEqual({
      flag: { type: "boolean" },
      list: { type: "array", items: { type: "string" } },
      day: { type: "string" },
    });
  });

  it("cost no token for what JSON Schema takes for granted", () => {
    const schema = z.object({
      row: fields.openRow({ ref: z.string() }),
      map: fields.mapOf(fields.text(9)),
      described: fields.describedObject(z.object({ a: z.string() })),
    });
    expect(JSON.parse(JSON.stringify(z.toJSONSchema(schema, { io: "input" }).properties))).toEqual({
      row: { type: "object", properties: { ref: { type: "string" } }, required: ["ref"] },
      map: { type: "object" },
      described: { type: "object" },
    });
    expect(
      schema.parse({ row: { ref: "#1", more: 1 }, map: '{"a":1}', described: '{"a":"b"}' }),
    ).toEqual({ row: { ref: "#1", more: 1 }, map: { a: "1" }, described: { a: "b" } });
    expect(schema.safeParse({ row: { ref: "#1" }, map: [], described: {} }).success).toBe(false);
  });
});
