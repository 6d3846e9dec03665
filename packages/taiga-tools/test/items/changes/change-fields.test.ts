import { describe, expect, it } from "vitest";
import { Changes, CHANGES_TEXT, NewItem } from "../../../src/items/changes/change-fields.ts";

const problemOf = (schema: typeof Changes | typeof NewItem, value: object): string =>
  schema
    .safeParse(value)
    .error?.issues.map(({ message }) => message)
    .join("; ") ?? "";

describe("the fields of changes", () => {
  it("are all named in the text that stands for their schema", () => {
    const named = new Set(CHANGES_TEXT.match(/[a-z_]+/g));
    expect(Object.keys(Changes.shape).filter((field) => !named.has(field))).toEqual([]);
  });

  it("are offered for one that is misspelt, because clients do not see their schema", () => {
    expect(problemOf(Changes, { priorty: "Low" })).toContain(
      'there is no field "priorty", perhaps priority. Fields: subject,',
    );
    expect(problemOf(NewItem, { subject: "S", asignee: "bob" })).toContain("asignee");
  });

  it("go without what a task takes from its story", () => {
    const task = { subject: "T", sprint: "current" };
    expect(problemOf(NewItem, { subject: "S", tasks: [task] })).toContain('no field "sprint"');
  });
});
