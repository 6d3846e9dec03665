import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import * as fields from "../../src/schema/fields.ts";

const anything = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.json({ maxDepth: 2 }));

describe("lenient fields, sent anything", () => {
  // @rule INPUT-18
  it("give what their type says, or refuse", () => {
    fc.assert(
      fc.property(anything, (sent) => {
        const flag = fields.flag.safeParse(sent);
        if (flag.success) expect(typeof flag.data).toBe("boolean");
        const count = fields.count(1, 100).safeParse(sent);
        if (count.success) expect(count.data >= 1 && count.data <= 100).toBe(true);
        const names = fields.names.safeParse(sent);
        if (names.success) {
          expect(names.data.length).toBeLessThanOrEqual(50);
          for (const name of names.data) expect(name).toBe(name.trim());
        }
      }),
    );
  });

  // @rule TAIGA-7
  it("take the same list as a list, as JSON text and, when it has one member, alone", () => {
    const name = fc.string({ maxLength: 20 }).map((text) => `n${text}`);
    fc.assert(
      fc.property(fc.array(name, { maxLength: 50 }), (list) => {
        const expected = fields.names.parse(list);
        expect(fields.names.parse(JSON.stringify(list))).toEqual(expected);
        if (list.length === 1) expect(fields.names.parse(list[0])).toEqual(expected);
      }),
    );
  });

  it("take a number as digits only where it is in range, and never a part of one", () => {
    fc.assert(
      fc.property(fc.integer({ min: -200, max: 200 }), (number) => {
        const isInRange = number >= 1 && number <= 100;
        expect(fields.count(1, 100).safeParse(number).success).toBe(isInRange);
        expect(fields.count(1, 100).safeParse(` ${number} `).success).toBe(isInRange);
        expect(fields.count(1, 100).safeParse(`${number}.5`).success).toBe(false);
        expect(fields.count(1, 100).safeParse(`${number}e0`).success).toBe(false);
      }),
    );
  });

  // @rule INPUT-18
  it("never reach a prototype through the names of members", () => {
    const map = fields.mapOf(fields.text(20));
    const key = fc.constantFrom("__proto__", "constructor", "toString", "hasOwnProperty", "a");
    fc.assert(
      fc.property(fc.array(fc.tuple(key, fc.string({ maxLength: 5 }))), (pairs) => {
        const text = `{${pairs.map(([name, value]) => `"${name}":${JSON.stringify(value)}`).join()}}`;
        const { data } = map.safeParse(text);
        if (data === undefined) return;
        expect([Object.prototype, null]).toContain(Object.getPrototypeOf(data));
        expect({}).not.toHaveProperty("a");
        for (const name of Object.keys(data)) expect(typeof data[name]).toBe("string");
      }),
    );
  });

  it("refuse a member that does not exist, whatever it is called", () => {
    const strict = fields.describedObject(fields.strictFields({ subject: fields.text(9) }));
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), (name) => {
        fc.pre(name !== "subject" && name !== "__proto__");
        const result = strict.safeParse({ subject: "a", [name]: "b" });
        expect(result.success).toBe(false);
        expect(result.error?.issues[0]?.message).toContain("Fields: subject");
      }),
    );
  });

  it("take exactly the days that the calendar has", () => {
    const part = (max: number) => fc.integer({ min: 0, max });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9999 }), part(13), part(32), (year, month, day) => {
        const text = [
          String(year).padStart(4, "0"),
          String(month).padStart(2, "0"),
          String(day).padStart(2, "0"),
        ].join("-");
        const date = new Date(0);
        date.setUTCFullYear(year, month - 1, day);
        const exists = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
        expect(fields.day.safeParse(text).success).toBe(exists);
        expect(fields.day.safeParse(`${text}T00:00`).success).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  it("keep the shown schema free of what a lenient reading allows", () => {
    const shown = z.toJSONSchema(z.object({ names: fields.names }), { io: "input" });
    expect(JSON.stringify(shown)).not.toContain("anyOf");
  });
});
