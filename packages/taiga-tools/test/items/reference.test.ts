import { describe, expect, it } from "vitest";
import { parseAnyReference, parseReference } from "../../src/items/reference.ts";

const parse = (text: string, web = "https://taiga.test") => parseReference(text, web, "refs[0]");

describe("parseReference", () => {
  it.each([
    ["#42", { ref: 42 }],
    [" 42 ", { ref: 42 }],
    ["bike-app#42", { project: "bike-app", ref: 42 }],
    ["Bike App #42", { project: "Bike App", ref: 42 }],
    ["https://taiga.test/project/bike-app/us/42", { project: "bike-app", kind: "story", ref: 42 }],
    ["https://taiga.test/project/bike-app/task/7/", { project: "bike-app", kind: "task", ref: 7 }],
    ["https://taiga.test/project/b/issue/7", { project: "b", kind: "issue", ref: 7 }],
    ["https://taiga.test/project/b/epic/7", { project: "b", kind: "epic", ref: 7 }],
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

  it.each(["", "#", "#0", "#-1", "42a", "#99999999999", "us/42", "wiki:", "#1#2"])(
    "refuses %s and says what a reference looks like",
    (text) => expect(() => parse(text)).toThrow("project-slug#42"),
  );

  it("refuses another Taiga's address, whose numbers mean other items", () => {
    expect(() => parse("https://tree.taiga.test/project/b/us/1")).toThrow("https://taiga.test");
  });

  it("refuses that of another Taiga on the same host, too", () => {
    const home = "https://x.test/taiga";
    for (const path of [
      "/project/b/us/1",
      "/taiga-2/project/b/us/1",
      "/old/taiga/project/b/us/1",
    ]) {
      expect(() => parse(`https://x.test${path}`, home)).toThrow(`this connection is to ${home}`);
    }
    expect(() => parse("https://taiga.test/taiga-2/project/b/us/1")).toThrow("names no item");
  });

  it("refuses addresses of what cannot be read", () => {
    expect(() => parse("https://taiga.test/project/b/backlog")).toThrow("names no item");
    expect(() => parse("https://taiga.test/project/b/us/42/edit")).toThrow("names no item");
    expect(() => parse("https://taiga.test/project/b/us/0")).toThrow("names no item");
  });

  it("refuses wiki pages and sprints where only items make sense", () => {
    expect(() => parse("wiki:home")).toThrow("is a wiki page");
    expect(() => parse("sprint:current")).toThrow("is a sprint");
  });
});

describe("parseAnyReference", () => {
  it.each([
    ["wiki:home", { page: "home" }],
    ["Wiki: My page", { page: "my-page", otherPage: "My-page" }],
    ["wiki:My-Page", { page: "My-Page", otherPage: "my-page" }],
    ["bike-app#wiki:home", { project: "bike-app", page: "home" }],
    ["https://taiga.test/project/b/wiki/caf%C3%A9", { project: "b", page: "café" }],
    ["https://taiga.test/project/b/wiki/100%", { project: "b", page: "100%" }],
    ["sprint:Sprint 5: Night #2", { sprint: "Sprint 5: Night #2" }],
    ["b#sprint:next", { project: "b", sprint: "next" }],
    ["https://taiga.test/project/b/taskboard/sprint-5", { project: "b", sprint: "sprint-5" }],
    ["#42", { ref: 42 }],
  ])("reads %s", (text, expected) =>
    expect(parseAnyReference(text, "https://taiga.test", "refs[0]")).toEqual(expected),
  );
});
