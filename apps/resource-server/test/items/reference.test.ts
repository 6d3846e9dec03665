import { describe, expect, it } from "vitest";
import { parseReference } from "../../src/items/reference.ts";

const parse = (text: string, web = "https://taiga.test") => parseReference(text, web, "refs[0]");

describe("parseReference", () => {
  it.each([
    ["#42", { ref: 42 }],
    [" 42 ", { ref: 42 }],
    ["bike-app#42", { project: "bike-app", ref: 42 }],
    ["Bike App #42", { project: "Bike App", ref: 42 }],
    ["https://taiga.test/project/bike-app/us/42", { project: "bike-app", kind: "story", ref: 42 }],
    ["https://taiga.test/project/bike-app/task/7/", { project: "bike-app", kind: "task", ref: 7 }],
    [
      "HTTPS://TAIGA.test/project/b/us/42?milestone=1#top",
      { project: "b", kind: "story", ref: 42 },
    ],
  ])("reads %s", (text, expected) => expect(parse(text)).toEqual(expected));

  it("reads addresses of a Taiga below a path", () => {
    expect(parse("https://x.test/taiga/project/b/us/1", "https://x.test/taiga")).toMatchObject({
      ref: 1,
    });
  });

  it.each(["", "#", "#0", "#-1", "42a", "#99999999999", "us/42", "wiki:home", "#1#2"])(
    "refuses %s and says what a reference looks like",
    (text) => expect(() => parse(text)).toThrow("project-slug#42"),
  );

  it("refuses another Taiga's address, whose numbers mean other items", () => {
    expect(() => parse("https://tree.taiga.test/project/b/us/1")).toThrow("https://taiga.test");
  });

  it("refuses addresses of what is neither story nor task", () => {
    expect(() => parse("https://taiga.test/project/b/issue/1")).toThrow("no story or task");
    expect(() => parse("https://taiga.test/project/b/backlog")).toThrow("no story or task");
  });
});
