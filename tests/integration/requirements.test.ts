import { globSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { findFault, readRequirements, scanSource, scanTests } from "../../scripts/requirements.ts";

const rules = readRequirements(readFileSync("docs/requirements.md", "utf8")).flatMap(
  (section) => section.rules,
);
const { tests, strays } = scanTests();

describe("docs/requirements.md", () => {
  it("has every rule once, under one id", () => {
    expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
    expect(new Set(rules.map(({ text }) => text)).size).toBe(rules.length);
  });

  it("has a test for every rule", () => {
    const carried = new Set(tests.flatMap(({ ids }) => ids));
    expect(rules.filter(({ id }) => !carried.has(id))).toEqual([]);
  });

  it.each(["* **STORE-1** MUST: text", "- **STORE-1** MAY: text", "- STORE-1 MUST: text"])(
    "is refused with the line %s, which the checks would miss",
    (line) => expect(() => readRequirements(`## Title\n\n${line}\n`)).toThrow(line),
  );
});

describe("tests that carry ids", () => {
  it("carry ids of rules, each once", () => {
    const known = new Set(rules.map(({ id }) => id));
    expect(tests.filter(({ ids }) => ids.some((id) => !known.has(id)))).toEqual([]);
    expect(tests.filter(({ ids }) => new Set(ids).size !== ids.length)).toEqual([]);
    expect(strays).toEqual([]);
  });

  it("run", () => {
    expect(tests.length).toBeGreaterThan(400);
    const files = new Set(tests.map(({ file }) => file));
    const faults = [...files].flatMap((file) => {
      const fault = findFault(file, readFileSync(file, "utf8"));
      return fault === undefined ? [] : [`${file}: ${fault}`];
    });
    expect(faults).toEqual([]);
  });

  it("are in every file of tests with generated input", () => {
    const files = new Set(tests.map(({ file }) => file));
    const properties = globSync("{{apps,packages}/*/test,tests}/**/*.property.test.ts");
    expect(properties.length).toBeGreaterThan(20);
    expect(properties.filter((file) => !files.has(file))).toEqual([]);
  });

  const FILE = "apps/auth-server/test/a.test.ts";

  it.each([
    ["a test", `it("works", () => {});`, "works"],
    ["a test with options", `test("works", { timeout: 5 }, async () => {});`, "works"],
    ["a table", `it.each([["a(", 1]])(\n"works: %s", () => {});`, "works: %s"],
    ["a table in a constant", `it.for(TABLE)("works: %s", () => {});`, "works: %s"],
    ["a name in backquotes", 'it(`says "no"`, () => {});', `says "no"`],
    ["a test below its explanation", `// Why.\nit("works", () => {});`, "works"],
  ])("are found by the comment above %s", (_what, source, name) => {
    const marked = `// @rule STORE-1 RFC7009-2.1-1\n${source}\n\nit("another", () => {});\n`;
    const found = { file: FILE, name, ids: ["STORE-1", "RFC7009-2.1-1"] };
    expect(scanSource(FILE, marked)).toEqual({ tests: [found], strays: [] });
  });

  it.each([
    ["a suite", `describe("works", () => {});`],
    ["no test", `const it = 1;`],
    ["an empty line", `\nit("works", () => {});`],
    ["a test that is a comment", `// it("works", () => {});`],
  ])("are not found by the comment above %s", (_what, source) => {
    expect(scanSource(FILE, `// @rule STORE-1\n${source}\n`)).toEqual({
      tests: [],
      strays: [`${FILE}:1`],
    });
  });

  it.each([
    ["tests/support/system.ts", "", "no project runs this file"],
    ["apps/auth-server/test/gone.contract.ts", "", "no project runs this file"],
    [FILE, `it.skip("works")`, "something in this file is switched off"],
    [FILE, `describe.only("works")`, "something in this file is switched off"],
    [FILE, `it.each([])("works")`, "a table in this file is empty"],
    [FILE, `it.each([1])("works")`, undefined],
  ])("would not pass in %s with %j", (file, source, fault) => {
    expect(findFault(file, source)).toBe(fault);
  });
});
