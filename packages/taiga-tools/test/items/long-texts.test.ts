// Long texts can be read to the end, and cannot be written back when they were cut.
import { describe, expect, it } from "vitest";
import addComment from "../../src/tools/core/add-comment.ts";
import getItems from "../../src/tools/core/get-items.ts";
import updateItems from "../../src/tools/core/update-items.ts";
import { createBench } from "../support/tool-context.ts";

const words = (count: number, name: string): string =>
  Array.from({ length: count }, (_, index) => `${name}${index}`).join(" ");

/** The text between the fences, without the note on what is missing. */
const body = (text: string): string => {
  const lines = text.split("\n");
  const end = lines.findLastIndex((line) => line.startsWith("```"));
  return lines
    .slice(1, end)
    .join("\n")
    .replace(/\n\[… \d+ more characters left out\]$/u, "");
};

async function readAll(input: { refs: string[]; include?: string[] }, bench = createBench()) {
  const pages: string[] = [];
  let cursor: string | undefined;
  do {
    const { text, data } = await bench.call(getItems, { ...input, ...(cursor && { cursor }) });
    expect(new TextEncoder().encode(text).length).toBeLessThan(25_000);
    pages.push(body(text));
    cursor = data["cursor"] as string | undefined;
  } while (cursor !== undefined);
  return { text: pages.join(""), pages };
}

describe("a long text", () => {
  // @rule TAIGA-14
  it.each(["w", "é", "日本", "🙂"])("of %s is read to the end with the cursor", async (name) => {
    const bench = createBench();
    const description = words(100_000, name).slice(0, 99_990).toWellFormed();
    bench.taiga.add("userstory", { description });
    const { text, pages } = await readAll({ refs: ["#1"] }, bench);
    expect(pages.length).toBeGreaterThan(4);
    expect(text.slice(text.indexOf("description:\n") + 13)).toBe(description);
  });

  // @rule TAIGA-14
  it("is read to the end among many comments, too", async () => {
    const bench = createBench();
    const story = bench.taiga.add("userstory");
    const comments = Array.from({ length: 30 }, (_, index) => words(700, `c${index}-`));
    for (const comment of comments) bench.taiga.change(story, { comment });
    const { text } = await readAll({ refs: ["#1"], include: ["comments"] }, bench);
    for (const comment of comments) expect(text).toContain(comment);
  });

  // @rule TAIGA-14
  it("that has changed meanwhile is begun again", async () => {
    const bench = createBench();
    const story = bench.taiga.add("userstory", { description: words(9_000, "w") });
    const { data } = await bench.call(getItems, { refs: ["#1"] });
    bench.taiga.change(story, { description: words(9_001, "v") });
    const { cursor } = data;
    await expect(bench.call(getItems, { refs: ["#1"], cursor })).rejects.toThrow("earlier version");
    await expect(bench.call(getItems, { refs: ["#1", "#2"], cursor })).rejects.toThrow(
      "only that one",
    );
  });

  // @rule TAIGA-14
  it("that was cut cannot be written back", async () => {
    const bench = createBench();
    const description = words(9_000, "w");
    bench.taiga.add("userstory", { description });
    const { text } = await bench.call(getItems, { refs: ["#1"] });
    const cut = text.split("\n").slice(3, -2).join("\n");
    expect(cut).toMatch(/^w0 w1 .*left out\]$/su);
    const write = () => bench.call(updateItems, { items: [{ ref: "#1", description: cut }] });
    await expect(write()).rejects.toThrow(/is cut.*get_items/su);
    expect(bench.taiga.state.userstories[0]?.description).toBe(description);
    const comment = bench.call(addComment, { refs: ["#1"], comment: `See ${cut}` });
    await expect(comment).resolves.toBeDefined();
  });
});

describe("the descriptions of many items", () => {
  // @rule TAIGA-14
  it("share the answer fairly: short ones are whole, long ones say that they are cut", async () => {
    const bench = createBench();
    for (let index = 0; index < 12; index += 1) {
      const long = index % 4 === 0;
      bench.taiga.add("userstory", { description: long ? words(9_000, "w") : words(40, "short") });
    }
    const refs = bench.taiga.state.userstories.map(({ ref }) => `#${ref}`);
    const { data, text } = await bench.call(getItems, { refs });
    expect(new TextEncoder().encode(text).length).toBeLessThan(25_500);
    const descriptions = data["items"].map((item: { description: string }) => item.description);
    expect(descriptions).toHaveLength(12);
    expect(descriptions.filter((one: string) => one === words(40, "short"))).toHaveLength(9);
    for (const index of [0, 4, 8]) expect(descriptions[index].length).toBeGreaterThan(5_000);
    expect(text).toContain(
      "Cut to fit; call again with one of them to read it to the end: `#1`, `#5`, `#9`",
    );
  });

  // @rule TAIGA-14
  it("are not left out without a word", async () => {
    const bench = createBench();
    for (let index = 0; index < 21; index += 1) {
      bench.taiga.add("userstory", { description: `Number ${index}` });
    }
    const refs = bench.taiga.state.userstories.map(({ ref }) => `#${ref}`);
    const six = await bench.call(getItems, { refs: refs.slice(0, 6) });
    expect(six.text).toContain("Number 5");
    const all = await bench.call(getItems, { refs });
    expect(all.text).toContain("Descriptions were left out, because there are more than 20 refs");
    const asked = await bench.call(getItems, { refs, include: ["description"] });
    expect(asked.text).toContain("Number 20");
    expect(asked.text).not.toContain("left out");
  });
});

describe("get_items", () => {
  // @rule COST-12
  it("reads a story whose project is known with one request", async () => {
    const bench = createBench();
    const story = bench.taiga.add("userstory");
    bench.taiga.add("task", { user_story: story.id });
    bench.taiga.add("issue");
    await bench.call(getItems, { refs: ["#1"] });
    expect(bench.asked()).toEqual(["GET /userstories/by_ref"]);
    await bench.call(getItems, { refs: ["#2", "#3"] });
    expect(bench.asked().toSorted()).toEqual([
      "GET /issues/301",
      "GET /resolver",
      "GET /resolver",
      "GET /tasks/201",
      "GET /userstories/by_ref",
      "GET /userstories/by_ref",
    ]);
    await bench.call(getItems, { refs: ["#2", "#1"] });
    expect(bench.asked().toSorted()).toEqual(["GET /tasks/201", "GET /userstories/101"]);
  });
});
