import { describe, expect, it } from "vitest";
import { findByName, nearestNames } from "../../src/schema/names.ts";

const statuses = ["New", "In progress", "Ready for test", "Done", "done!"].map((name) => ({
  name,
}));
const find = (name: string, options = statuses) =>
  findByName(options, name, "status", (one) => [one.name]).name;

describe("findByName", () => {
  it.each([
    ["Done", "Done"],
    ["  in   PROGRESS ", "In progress"],
    ["in_progress", "In progress"],
    ["ready-for-test", "Ready for test"],
  ])("takes %s for %s", (name, expected) => expect(find(name)).toBe(expected));

  it("prefers the exact spelling, where two differ by case or hyphen only", () => {
    const twins = [{ name: "To do" }, { name: "to do" }, { name: "to-do" }];
    expect(find("to do", twins)).toBe("to do");
    expect(find("to-do", twins)).toBe("to-do");
    expect(() => find("TO DO", twins)).toThrow(
      expect.objectContaining({
        code: "ambiguous_name",
        message: expect.stringContaining("`To do`, `to do`"),
      }),
    );
  });

  // @rule MCP-SECURITY-19
  it("offers names that look the same with their ids, and takes an id", () => {
    const twins = [
      { id: 7, name: "Done" },
      { id: 8, name: "Do\u200bne" },
    ];
    const look = (name: string) => findByName(twins, name, "status", (one) => [one.name]).id;
    expect(() => look("Done")).toThrow("`Done` (id:7), `Done` (id:8)");
    expect(look("id:8")).toBe(8);
  });

  it("never takes a near miss, only offers it", () => {
    expect(() => find("Don")).toThrow(
      expect.objectContaining({
        code: "not_found",
        message: expect.stringContaining("Did you mean: `Done`"),
      }),
    );
  });

  it("lists what there is when nothing is near, and says when there is nothing", () => {
    expect(() => find("Quux")).toThrow("Known: `New`, `In progress`");
    expect(() => find("Quux", [])).toThrow("This project has none.");
  });
});

describe("nearestNames", () => {
  it("puts beginnings first, then parts, then typing errors, five at most", () => {
    expect(nearestNames("prog", ["Progress", "In progress", "Frog"])).toEqual([
      "Progress",
      "In progress",
      "Frog",
    ]);
    expect(nearestNames("a", ["a1", "a2", "a3", "a4", "a5", "a6"])).toHaveLength(5);
    expect(nearestNames("Stroies", ["Stories", "Epics"])).toEqual(["Stories"]);
  });
});
