import { describeEnvironment, readEnvironment } from "@taiga-mcp/service";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { AuthServerSettings } from "../../apps/auth-server/src/settings.ts";
import { ResourceServerSettings } from "../../apps/resource-server/src/settings.ts";

const numbersOf = (schema: z.ZodObject) =>
  describeEnvironment(schema).flatMap(({ name, bounds }) =>
    bounds === undefined ? [] : [{ name, ...bounds }],
  );

describe.each([
  ["authorization server", AuthServerSettings],
  ["resource server", ResourceServerSettings],
])("the settings of the %s", (_app, schema: z.ZodObject) => {
  // @rule OPS-13
  it("have bounds where they are numbers", () => {
    const withoutBounds = Object.entries(schema.shape).filter(([name, field]) => {
      const byDefault = (field as z.ZodType).safeParse(undefined).data;
      const isNumber = typeof byDefault === "number" || /_(SECONDS|MS|MINUTE|PORT)$/.test(name);
      return isNumber && !numbersOf(schema).some((setting) => setting.name === name);
    });
    expect(withoutBounds.map(([name]) => name)).toEqual([]);
    expect(numbersOf(schema).length).toBeGreaterThan(5);
  });

  // @rule OPS-13
  it.each(numbersOf(schema))(
    "name the range of $name, $minimum to $maximum",
    ({ name, minimum, maximum }) => {
      const read = (value: number | string) =>
        readEnvironment(z.object({ [name]: schema.shape[name] as z.ZodType }), {
          [name]: String(value),
        });
      expect(minimum).toBeGreaterThanOrEqual(0);
      // `int()` alone has the bounds of what JavaScript can represent.
      expect(maximum).toBeLessThan(Number.MAX_SAFE_INTEGER);
      expect(read(minimum)).toEqual({ [name]: minimum });
      expect(read(maximum)).toEqual({ [name]: maximum });
      for (const value of [minimum - 1, maximum + 1, minimum + 0.5, -0.5, "many"]) {
        expect(() => read(value)).toThrow(
          new RegExp(
            `^${name}: must be a whole number( of (milli)?seconds)? from ${minimum} to ${maximum}(: [^\\n]+)?\\.$`,
          ),
        );
      }
      const row = readFileSync("docs/configuration.md", "utf8")
        .split("\n")
        .find((line) => line.startsWith(`| \`${name}\` |`));
      expect(row).toContain(` From ${minimum} to ${maximum}.`);
    },
  );
});
