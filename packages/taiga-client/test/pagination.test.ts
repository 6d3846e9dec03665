import { describe, expect, it } from "vitest";
import { createTaigaClient } from "../src/taiga-client.ts";
import type { TaskRow } from "../src/resources/tasks.ts";
import type { Page } from "../src/pagination.ts";
import { createFakeTransport, toTargets } from "./support/fake-transport.ts";
import { capture, toResponse } from "./support/observed.ts";

const beyondEnd = toResponse(capture("us_list_page_oob"));
const [task] = capture("list_tasks").body as object[];

/** A page of tasks as Taiga sends it. */
const pageOf = (count: number, { page = 1, total = count, by = 30 } = {}) => ({
  text: JSON.stringify(Array.from({ length: count }, () => task)),
  headers: {
    "x-paginated": "true",
    "x-pagination-count": String(total),
    "x-paginated-by": String(by),
    "x-pagination-current": String(page),
    // Built by Taiga from the Host header: anything at all.
    "x-pagination-next": "http://elsewhere.example/api/v1/tasks?page=9",
  },
});

async function collect(pages: AsyncIterable<Page<TaskRow>>): Promise<Page<TaskRow>[]> {
  const all: Page<TaskRow>[] = [];
  for await (const page of pages) all.push(page);
  return all;
}

describe("list", () => {
  it("returns the position of the page in the list", async () => {
    const { transport, sent } = createFakeTransport(pageOf(2, { page: 2, total: 5, by: 2 }));

    const page = await createTaigaClient(transport).tasks.list(
      { project: 1 },
      { page: 2, pageSize: 2 },
    );

    expect(page).toMatchObject({ total: 5, page: 2, pageSize: 2, hasNext: true });
    expect(page.items).toHaveLength(2);
    expect(toTargets(sent)).toEqual(["GET /tasks?project=1&page=2&page_size=2"]);
  });

  it.each([
    ["a full last page", pageOf(2, { page: 2, total: 4, by: 2 })],
    ["a shorter last page", pageOf(1, { page: 3, total: 5, by: 2 })],
    ["an empty list", pageOf(0)],
  ])("has no next page after %s", async (_name, answer) => {
    const { transport } = createFakeTransport(answer);
    expect((await createTaigaClient(transport).tasks.list({})).hasNext).toBe(false);
  });

  it("takes the size that Taiga used, because Taiga corrects what it does not like", async () => {
    const { transport } = createFakeTransport(toResponse(capture("us_list_ps5000")));
    const page = await createTaigaClient(transport).userStories.list({ project: 1 });
    expect(page).toMatchObject({ pageSize: 1000, total: 4, hasNext: false });
  });

  it("says which page is beyond the end", async () => {
    const { transport } = createFakeTransport(beyondEnd);
    await expect(createTaigaClient(transport).tasks.list({}, { page: 99 })).rejects.toMatchObject({
      code: "not_found",
      message: "page: 99 is beyond the last page",
    });
  });

  it.each([
    ["page", { page: 0 }],
    ["page", { page: 1.5 }],
    ["pageSize", { pageSize: 0 }],
    ["pageSize", { pageSize: 1001 }],
  ])(
    "refuses a bad %s before asking (%o), where Taiga would silently use 30",
    async (name, page) => {
      const { transport, sent } = createFakeTransport();
      await expect(createTaigaClient(transport).tasks.list({}, page)).rejects.toMatchObject({
        code: "invalid_request",
        message: expect.stringMatching(`^${name}: `),
      });
      expect(sent).toEqual([]);
    },
  );

  // @rule TAIGA-9
  it("fails without the paging headers instead of treating a page as the whole list", async () => {
    const { transport } = createFakeTransport({ text: "[]" });
    await expect(createTaigaClient(transport).tasks.list({})).rejects.toMatchObject({
      code: "unexpected_response",
      message: expect.stringContaining("x-pagination-count"),
    });
  });
});

describe("listAll", () => {
  it("reads page after page from the same Taiga, and then stops", async () => {
    const { transport, sent } = createFakeTransport(
      pageOf(2, { page: 1, total: 3, by: 2 }),
      pageOf(1, { page: 2, total: 3, by: 2 }),
    );

    const pages = await collect(createTaigaClient(transport).tasks.listAll({ project: 1 }));

    expect(pages.map(({ items }) => items.length)).toEqual([2, 1]);
    expect(toTargets(sent)).toEqual([
      "GET /tasks?project=1&page=1&page_size=200",
      "GET /tasks?project=1&page=2&page_size=200",
    ]);
  });

  it("gives one empty page for an empty list", async () => {
    const { transport } = createFakeTransport(pageOf(0));
    const pages = await collect(createTaigaClient(transport).tasks.listAll({}));
    expect(pages).toMatchObject([{ items: [], total: 0, hasNext: false }]);
  });

  it("ends normally when the rows of the next page were deleted meanwhile", async () => {
    const { transport } = createFakeTransport(pageOf(2, { total: 3, by: 2 }), beyondEnd);
    expect(await collect(createTaigaClient(transport).tasks.listAll({}))).toHaveLength(1);
  });

  it("requests no page that is not consumed", async () => {
    const { transport, sent } = createFakeTransport(pageOf(2, { total: 9, by: 2 }));
    for await (const page of createTaigaClient(transport).tasks.listAll({})) {
      expect(page.items).toHaveLength(2);
      break;
    }
    expect(sent).toHaveLength(1);
  });

  it("fails when the first page is missing, because a list always has one", async () => {
    const { transport } = createFakeTransport(beyondEnd);
    await expect(collect(createTaigaClient(transport).tasks.listAll({}))).rejects.toMatchObject({
      code: "not_found",
    });
  });
});
