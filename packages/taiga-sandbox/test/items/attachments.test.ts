import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startApi, type Api } from "../support/api.ts";
import { createApiUser } from "../support/user.ts";
import type { HistoryView } from "../support/view.ts";

interface FilesView {
  attachments: unknown[];
  total_attachments: number;
}

describe("attachments", () => {
  let api: Api;
  beforeEach(async () => {
    api = await startApi();
    for (const path of ["/epics", "/userstories", "/tasks", "/issues"]) {
      await bob.post(path, { project: 1, subject: "It" });
    }
    await bob.post("/wiki", { project: 1, slug: "home" });
  });
  afterEach(() => api.close());
  const bob = createApiUser(() => api, "bob");
  const stan = createApiUser(() => api, "stan");
  const carol = createApiUser(() => api, "carol");

  const upload = (user: typeof bob, path: string, file: File, fields: object = {}) => {
    const form = new FormData();
    const all = { project: 1, object_id: 1, ...fields };
    for (const [name, value] of Object.entries(all)) form.set(name, String(value));
    form.set("attached_file", file);
    return user.call(`POST ${path}/attachments`, form);
  };
  const note = (text = "hello") => new File([text], "a note.txt", { type: "text/plain" });
  const download = (url: string) => fetch(url.replace(/#.*/, ""));

  test.each(["/epics", "/userstories", "/tasks", "/issues", "/wiki"])(
    "%s: a file comes back byte by byte, and the object keeps its version",
    async (path) => {
      const bytes = new Uint8Array(256).map((_, index) => index);
      const file = new File([bytes], "ä/ö.bin", { type: "application/x-test" });
      const { status, body } = await upload(bob, path, file, { description: "all bytes" });
      expect([status, body.name, body.size, body.description]).toEqual([
        201,
        "ö.bin",
        256,
        "all bytes",
      ]);
      const answer = await download(body.url);
      expect(answer.headers.get("content-type")).toBe("application/x-test");
      expect(answer.headers.get("content-disposition")).toMatch(/^attachment/);
      expect(new Uint8Array(await answer.arrayBuffer())).toEqual(bytes);
      expect((await bob.get(`${path}/1`)).version).toBe(1);
      expect(await bob.get(`${path}/attachments?project=1&object_id=1`)).toHaveLength(1);
    },
  );

  test("the address needs its token, which lasts for six minutes", async () => {
    const { url } = (await upload(bob, "/tasks", note())).body;
    const [path] = url.split("?");
    const token = new URL(url).searchParams.get("token")!;
    for (const bad of ["", "?token=", `?token=${token.slice(0, -1)}`, "?token=zzzz:x"]) {
      expect((await fetch(`${path}${bad}`)).status).toBe(403);
    }
    const { url: other } = (await upload(bob, "/tasks", note())).body;
    expect((await fetch(`${other.split("?")[0]}?token=${token}`)).status).toBe(403);
    api.pass(360);
    expect((await download(url)).status).toBe(200);
    api.pass(1);
    expect((await download(url)).status).toBe(403);
    expect((await download((await bob.get("/tasks/attachments/1")).url)).status).toBe(200);
  });

  test("a file that is gone is gone, also with its object", async () => {
    const { url } = (await upload(bob, "/tasks", note())).body;
    await bob.remove("/tasks/attachments/1");
    expect((await download(url)).status).toBe(404);
    const kept = (await upload(bob, "/tasks", note())).body;
    await bob.remove("/tasks/1");
    expect((await download(kept.url)).status).toBe(404);
    expect((await bob.call(`GET /tasks/attachments/${kept.id}`)).status).toBe(404);
  });

  test("up to one mebibyte is kept", async () => {
    const most = new File([new Uint8Array(1_048_576)], "most.bin");
    expect((await upload(bob, "/tasks", most)).status).toBe(201);
    const more = new File([new Uint8Array(1_048_577)], "more.bin");
    expect((await upload(bob, "/tasks", more)).status).toBe(413);
    const far = new File([new Uint8Array(1_200_000)], "far.bin");
    expect((await upload(bob, "/tasks", far)).status).toBe(413);
    expect(await bob.get("/tasks/attachments")).toHaveLength(1);
  });

  test("an invalid form body is a parse error", async () => {
    const headers = { "Content-Type": "multipart/form-data; boundary=x" };
    const answer = await api.call("POST /tasks/attachments", { as: "bob", headers, body: "junk" });
    expect([answer.status, answer.body._error_type]).toEqual([
      400,
      "taiga.base.exceptions.ParseError",
    ]);
  });

  test("a text under the name of the file is no file", async () => {
    const body = { project: 1, object_id: 1, attached_file: "hello" };
    const answer = await bob.call("POST /tasks/attachments", body);
    expect(answer.body).toEqual({
      attached_file: ["No file was submitted. Check the encoding type on the form."],
    });
  });

  test("who may only comment attaches to a comment, and manages what is theirs", async () => {
    expect((await upload(stan, "/tasks", note())).status).toBe(403);
    expect((await upload(stan, "/tasks", note(), { from_comment: true })).status).toBe(201);
    await stan.call("PATCH /tasks/attachments/1", { description: "mine" });
    await upload(bob, "/tasks", note());
    expect((await stan.call("DELETE /tasks/attachments/2")).status).toBe(403);
    await stan.remove("/tasks/attachments/1");
  });

  test("outsiders see none and reach none", async () => {
    await upload(bob, "/tasks", note());
    expect(await carol.get("/tasks/attachments?project=1&object_id=1")).toEqual([]);
    expect((await carol.call("GET /tasks/attachments/1")).status).toBe(403);
    expect((await carol.call("DELETE /tasks/attachments/1")).status).toBe(403);
    expect((await upload(carol, "/tasks", note())).status).toBe(403);
  });

  test("a file goes with its object to another project, and is seen as that is", async () => {
    await upload(bob, "/issues", note());
    const alice = createApiUser(() => api, "alice");
    const there = { project: 2, status: 8, type: 4, severity: 6, priority: 4 };
    await alice.patch("/issues/1", there);
    expect(await carol.get("/issues/attachments?project=2")).toMatchObject([{ project: 2 }]);
    expect(await carol.get("/issues/attachments?project=1")).toEqual([]);
  });

  test("another kind's path reads it, but does not change it", async () => {
    await upload(bob, "/tasks", note());
    expect((await bob.call("GET /issues/attachments/1")).status).toBe(200);
    expect((await bob.call("DELETE /issues/attachments/1")).status).toBe(403);
  });

  test("lists of items show files on demand, without the deprecated ones; stories count all", async () => {
    await upload(bob, "/userstories", note());
    await upload(bob, "/userstories", note());
    await bob.call("PATCH /userstories/attachments/1", { is_deprecated: true });
    const [plain] = await bob.get<[FilesView]>("/userstories?project=1");
    expect([plain.attachments, plain.total_attachments]).toEqual([[], 2]);
    const [full] = await bob.get<[FilesView]>("/userstories?project=1&include_attachments=1");
    expect(full.attachments).toEqual([
      { id: 2, attached_file: expect.stringMatching(/a_note\.txt$/), thumbnail_card_url: null },
    ]);
  });

  test("the history of the object tells what came, changed and went", async () => {
    await upload(bob, "/issues", note());
    await bob.call("PATCH /issues/attachments/1", { description: "new" });
    await bob.remove("/issues/attachments/1");
    const entries = await bob.get<HistoryView[]>("/history/issue/1");
    const diffs = entries.map((entry) => entry.values_diff["attachments"]);
    expect(diffs).toMatchObject([
      { new: [], changed: [], deleted: [{ filename: "a note.txt" }] },
      { new: [], changed: [{ changes: { description: ["", "new"] } }], deleted: [] },
      { new: [{ filename: "a note.txt" }], changed: [], deleted: [] },
    ]);
    expect(JSON.stringify(entries)).not.toContain("token=");
  });
});
