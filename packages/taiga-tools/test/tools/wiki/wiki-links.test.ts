import { describe, expect, it } from "vitest";
import deleteWikiLink from "../../../src/tools/wiki/delete-wiki-link.ts";
import listWikiLinks from "../../../src/tools/wiki/list-wiki-links.ts";
import saveWikiLink from "../../../src/tools/wiki/save-wiki-link.ts";
import { createTaiga } from "../../support/taiga.ts";
import { MEMBER, projectOf, VIEW } from "../../support/taiga-seed.ts";
import { createBench } from "../../support/tool-context.ts";

const isWrite = (request: string) => !request.startsWith("GET ");

async function open() {
  // Taiga's own roles may add and delete links, but change none.
  const permissions = [...MEMBER, "modify_wiki_link"];
  const bench = createBench({ taiga: createTaiga([projectOf("alpha-one", { permissions })]) });
  for (const title of ["Welcome", "Rules"]) await bench.call(saveWikiLink, { title });
  bench.asked();
  const menu = async () =>
    (await bench.call(listWikiLinks, {})).data.links.map(({ title }: { title: string }) => title);
  return { ...bench, menu };
}

describe("save_wiki_link", () => {
  it("adds a link, which leads to a page, with two requests", async () => {
    const { call, asked, menu } = await open();
    const { data } = await call(saveWikiLink, { title: "Code of conduct" });
    expect(data.links).toEqual([
      { title: "Code of conduct", ref: "wiki:code-of-conduct", outcome: "created" },
    ]);
    expect(asked()).toEqual(["GET /wiki-links", "POST /wiki-links"]);
    expect(await menu()).toEqual(["Welcome", "Rules", "Code of conduct"]);
  });

  it("renames and moves a link by its title", async () => {
    const { call, menu } = await open();
    await call(saveWikiLink, { title: "rules", new_title: "House rules", position: 1 });
    expect(await menu()).toEqual(["House rules", "Welcome"]);
    await call(saveWikiLink, { title: "Third", position: 2 });
    expect(await menu()).toEqual(["House rules", "Third", "Welcome"]);
  });

  it("writes nothing in a dry run, for an unknown title, or with nothing to change", async () => {
    const { call, asked } = await open();
    const dry = await call(saveWikiLink, { title: "Rules", new_title: "R", dry_run: true });
    expect(dry.data.links[0].outcome).toBe("would_change");
    await call(saveWikiLink, { title: "New", dry_run: true });
    await expect(call(saveWikiLink, { title: "Rulez", new_title: "R" })).rejects.toMatchObject({
      code: "not_found",
      message: expect.stringContaining("Rules"),
    });
    await expect(call(saveWikiLink, { title: "Rules" })).rejects.toThrow("new_title or position");
    expect(asked().filter(isWrite)).toEqual([]);
  });

  it("is refused to a role without the permission, before anything is written", async () => {
    const taiga = createTaiga([projectOf("alpha-one", { permissions: VIEW })]);
    const { call, asked } = createBench({ taiga });
    await expect(call(saveWikiLink, { title: "Mine" })).rejects.toMatchObject({
      code: "taiga_permission_missing",
      message: expect.stringContaining("add_wiki_link"),
    });
    expect(asked().filter(isWrite)).toEqual([]);
  });
});

describe("delete_wiki_link", () => {
  it("deletes in two calls, whatever the order of the titles, and keeps the pages", async () => {
    const { call, menu, taiga } = await open();
    const pages = taiga.state.wikiPages.length;
    const first = await call(deleteWikiLink, { titles: ["Welcome", "Rules"] });
    expect(first.text).toContain("Nothing was deleted yet");
    expect(await menu()).toEqual(["Welcome", "Rules"]);
    const titles = ["rules", "wiki:welcome"];
    const { data } = await call(deleteWikiLink, { titles, confirm: first.data.confirm });
    expect(data.links.map(({ outcome }: { outcome: string }) => outcome)).toEqual([
      "deleted",
      "deleted",
    ]);
    expect(await menu()).toEqual([]);
    expect(taiga.state.wikiPages).toHaveLength(pages);
  });

  it("refuses a token for other links", async () => {
    const { call, menu } = await open();
    const { confirm } = (await call(deleteWikiLink, { titles: ["Welcome"] })).data;
    await expect(call(deleteWikiLink, { titles: ["Rules"], confirm })).rejects.toMatchObject({
      code: "version_conflict",
    });
    expect(await menu()).toEqual(["Welcome", "Rules"]);
  });
});
