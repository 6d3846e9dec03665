// Epics of other projects, and wiki pages with capitals.
import { describe, expect, it } from "vitest";
import addComment from "../../src/tools/core/add-comment.ts";
import deleteItems from "../../src/tools/core/delete-items.ts";
import findItems from "../../src/tools/core/find-items.ts";
import getItems from "../../src/tools/core/get-items.ts";
import { createTaiga } from "../support/taiga.ts";
import { projectOf } from "../support/taiga-seed.ts";
import { createBench, refs } from "../support/tool-context.ts";

describe("an epic of another project", () => {
  // @rule TAIGA-17
  it("is shown with its project and can be searched for as shown", async () => {
    const taiga = createTaiga([projectOf("alpha-one"), projectOf("beta-two")]);
    // The first ref of each project.
    taiga.add("userstory", { project: 1 });
    const epic = taiga.add("epic", { project: 2 });
    const story = taiga.add("userstory", { project: 1 });
    taiga.link(epic, story, taiga.add("userstory", { project: 2 }));
    const bench = createBench({ taiga });
    const { data } = await bench.call(findItems, { project: "alpha-one", order: "-created" });
    const shown = data["items"][0].epics as string[];
    expect(shown).toEqual(["beta-two#1"]);
    const found = await bench.call(findItems, { project: "alpha-one", epic: shown });
    expect(refs(found.data)).toEqual(["#2"]);
    const all = await bench.call(findItems, { epic: shown, order: "created" });
    expect(refs(all.data)).toEqual(["alpha-one#2", "beta-two#2"]);
    const none = await bench.call(findItems, { project: "alpha-one", epic: ["!beta-two#1"] });
    expect(refs(none.data)).toEqual(["#1"]);
    await expect(
      bench.call(findItems, { project: "alpha-one", epic: ["beta-two#9"] }),
    ).rejects.toThrow("`beta-two#9` is not an epic");
  });

  // @rule TAIGA-17
  it("cannot be searched for where the connection does not cover its project", async () => {
    const taiga = createTaiga([projectOf("alpha-one"), projectOf("secret")]);
    const epic = taiga.add("epic", { project: 2 });
    taiga.link(epic, taiga.add("userstory", { project: 1 }));
    const bench = createBench({ taiga, projects: [1] });
    const find = bench.call(findItems, { project: "alpha-one", epic: ["secret#1"] });
    await expect(find).rejects.toMatchObject({ code: "project_not_granted" });
  });
});

describe("a wiki page whose slug has capitals", () => {
  // @rule TAIGA-17
  it("works in every tool as find_items shows it", async () => {
    const bench = createBench();
    bench.taiga.add("wiki", { slug: "Page-One", content: "capitals" });
    bench.taiga.add("wiki", { slug: "page-two", content: "small letters" });
    const { data } = await bench.call(findItems, {
      project: "alpha-one",
      kinds: ["wiki"],
      order: "rank",
    });
    const [page] = refs(data);
    expect(page).toBe("wiki:Page-One");
    for (const ref of [page!, "wiki:Page One", "alpha-one#wiki:Page-One"]) {
      expect((await bench.call(getItems, { refs: [ref] })).text).toContain("capitals");
    }
    for (const ref of ["wiki:page-two", "wiki:Page two", "wiki:PAGE-TWO"]) {
      expect((await bench.call(getItems, { refs: [ref] })).text).toContain("small letters");
    }
    const added = await bench.call(addComment, { refs: [page], comment: "Seen" });
    expect(added.text).toContain("1 commented");
    const removal = await bench.call(deleteItems, { refs: [page] });
    expect(removal.data["items"]).toMatchObject([{ ref: "wiki:Page-One" }]);
  });
});
