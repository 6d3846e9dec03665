import { describe, expect, it } from "vitest";
import getItems from "../../../src/tools/core/get-items.ts";
import saveWikiPage from "../../../src/tools/core/save-wiki-page.ts";
import { createTaiga } from "../../support/taiga.ts";
import { projectOf, VIEW } from "../../support/taiga-seed.ts";
import { createBench } from "../../support/tool-context.ts";

const isWrite = (request: string) => !request.startsWith("GET ");

function open() {
  const bench = createBench();
  bench.taiga.add("wiki", { slug: "home", content: "Welcome" });
  const contentOf = (slug: string) =>
    bench.taiga.state.wikiPages.find((page) => page.slug === slug)?.content;
  const versionOf = async (ref: string): Promise<string> =>
    (await bench.call(getItems, { refs: [ref] })).data.items[0].version;
  return { ...bench, contentOf, versionOf };
}

describe("save_wiki_page", () => {
  it("creates a page by its name, with two requests", async () => {
    const { call, asked, contentOf } = open();
    const { data } = await call(saveWikiPage, { page: "Release notes", content: "# 1.0" });
    expect(data).toMatchObject({ ref: "wiki:Release-notes", outcome: "created" });
    expect(asked()).toEqual(["GET /wiki/by_slug", "POST /wiki"]);
    expect(contentOf("Release-notes")).toBe("# 1.0");
  });

  it("replaces the text of a page that was read", async () => {
    const { call, contentOf, versionOf } = open();
    const version = await versionOf("wiki:home");
    const { data, text } = await call(saveWikiPage, {
      page: "wiki:home",
      content: "Welcome, all",
      version,
    });
    expect(data.outcome).toBe("changed");
    expect(text).toContain("7 → 12 characters");
    expect(contentOf("home")).toBe("Welcome, all");
    expect(data.version).toBe(await versionOf("wiki:home"));
  });

  it("writes over nothing that was not read, or has changed since", async () => {
    const { call, taiga, contentOf, versionOf, asked } = open();
    const save = (version?: string) =>
      call(saveWikiPage, { page: "home", content: "Mine", ...(version && { version }) });
    await expect(save()).rejects.toMatchObject({ code: "version_conflict" });
    const version = await versionOf("wiki:home");
    const [page] = taiga.state.wikiPages;
    taiga.change(page!, { content: "Theirs" });
    await expect(save(version)).rejects.toMatchObject({ code: "version_conflict" });
    await expect(call(saveWikiPage, { page: "gone", content: "x", version })).rejects.toMatchObject(
      { code: "version_conflict" },
    );
    expect(contentOf("home")).toBe("Theirs");
    expect(asked().filter(isWrite)).toEqual([]);
  });

  it("lets one of two writers win, and tells the other", async () => {
    const { call, contentOf, versionOf } = open();
    const version = await versionOf("wiki:home");
    const results = await Promise.allSettled(
      ["One", "Two"].map((content) => call(saveWikiPage, { page: "home", content, version })),
    );
    expect(results.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    expect(["One", "Two"]).toContain(contentOf("home"));
  });

  it("writes nothing in a dry run, for the same text, or without the permission", async () => {
    const { call, asked, versionOf } = open();
    const version = await versionOf("wiki:home");
    await call(saveWikiPage, { page: "home", content: "New", version, dry_run: true });
    await call(saveWikiPage, { page: "new", content: "New", dry_run: true });
    const same = await call(saveWikiPage, { page: "home", content: "Welcome" });
    expect(same.data.outcome).toBe("unchanged");
    expect(asked().filter(isWrite)).toEqual([]);
    const taiga = createTaiga([projectOf("alpha-one", { permissions: VIEW })]);
    const reader = createBench({ taiga });
    await expect(reader.call(saveWikiPage, { page: "x", content: "y" })).rejects.toMatchObject({
      code: "taiga_permission_missing",
    });
  });

  it.each(["what?", "a/b", "#42", "#"])("refuses %j as a page", async (page) => {
    const { call, asked } = open();
    await expect(call(saveWikiPage, { page, content: "x" })).rejects.toMatchObject({
      code: "invalid_argument",
    });
    expect(asked().filter(isWrite)).toEqual([]);
  });
});
