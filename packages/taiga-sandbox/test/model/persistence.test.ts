import { mkdtemp, readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createSandbox } from "../../src/index.ts";
import { START, startApi } from "../support/api.ts";
import type { HistoryView } from "../support/view.ts";
import { createApiUser, type ApiUser } from "../support/user.ts";

describe("a sandbox with a file", () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "sandbox-"));
    file = path.join(folder, "data", "sandbox.json");
  });
  afterEach(() => rm(folder, { recursive: true }));

  test("forgets nothing over a restart: content, versions, numbers, tokens, used tokens", async () => {
    const before = await startApi({ file });
    const { auth_token, refresh } = await before.login("bob");
    const spare = (await before.login("alice")).refresh;
    const story = { project: 1, subject: "Kept", tags: ["Blue"], points: { 4: 6 } };
    await before.call("POST /userstories", { as: "bob", body: story });
    const body = { subject: "Kept and renamed", comment: "see you", version: 1 };
    await before.call("PATCH /userstories/1", { as: "bob", body });
    await before.call("POST /auth/refresh", { body: { refresh } });
    const old = await before.call("GET /userstories/1", { as: "bob" });
    await before.sandbox.flush();
    await before.close();

    const after = await startApi({ file });
    const headers = { Authorization: `Bearer ${auth_token}` };
    expect((await after.call("GET /userstories/1", { headers })).body).toEqual(old.body);
    const history = await after.call<HistoryView[]>("GET /history/userstory/1", { headers });
    expect(history.body[0]).toMatchObject({
      comment: "see you",
      diff: { subject: ["Kept", "Kept and renamed"] },
    });
    const next = await after.call("POST /userstories", {
      headers,
      body: { project: 1, subject: "New" },
    });
    expect(next.body).toMatchObject({ id: 2, ref: 2 });
    const refreshes = await Promise.all(
      [refresh, spare].map((token) =>
        after.call("POST /auth/refresh", { body: { refresh: token } }),
      ),
    );
    expect(refreshes.map((answer) => answer.status)).toEqual([401, 200]);
    await after.sandbox.flush();
    await after.close();
  });

  test("keeps files, votes, links, comments and timelines over a restart", async () => {
    const before = await startApi({ file });
    const bob = createApiUser(() => before, "bob");
    const project = 1;
    const dates = { estimated_start: "2026-11-16", estimated_finish: "2026-11-29" };
    await bob.post("/milestones", { project, name: "Sprint 1", ...dates });
    await bob.post("/epics", { project, subject: "E" });
    await bob.post("/userstories", { project, subject: "S", milestone: 1 });
    await bob.post("/epics/1/related_userstories", { epic: 1, user_story: 1 });
    await bob.post("/issues", { project, subject: "I" });
    await bob.post("/issues/1/promote_to_user_story", { project_id: project });
    await bob.post("/wiki-links", { project, title: "Home" });
    await bob.post("/userstories/1/upvote");
    await bob.patch("/userstories/1", { comment: "first" });
    const id = (await bob.get<HistoryView[]>("/history/userstory/1"))[0]!.id;
    await bob.post(`/history/userstory/1/edit_comment?id=${id}`, { comment: "second" });
    await bob.post(`/history/userstory/1/delete_comment?id=${id}`);
    const form = new FormData();
    for (const name of ["project", "object_id"]) form.set(name, "1");
    form.set("attached_file", new File(["kept"], "kept.txt"));
    await bob.call("POST /userstories/attachments", form);
    const paths = [
      "/milestones/1/stats",
      "/epics/1",
      "/epics/1/related_userstories",
      "/userstories/1?include_attachments=1",
      "/userstories/1/voters",
      "/issues/1",
      "/history/userstory/1",
      `/history/userstory/1/comment_versions?id=${id}`,
      "/wiki?project=1",
      "/wiki-links?project=1",
      "/timeline/project/1",
    ];
    const read = (user: ApiUser) => Promise.all(paths.map((path) => user.get(path)));
    const answers = await read(bob);
    await before.sandbox.flush();
    await before.close();

    const after = await startApi({ file });
    const again = createApiUser(() => after, "bob");
    expect(await read(again)).toEqual(answers);
    const { url } = await again.get("/userstories/attachments/1");
    expect(await (await fetch(url.replace(/#.*/, ""))).text()).toBe("kept");
    await after.sandbox.flush();
    await after.close();
  });

  test("writes by itself soon after a request, privately, and leaves no drafts", async () => {
    const api = await startApi({ file });
    await api.sandbox.flush();
    await api.call("POST /userstories", { as: "bob", body: { project: 1, subject: "Soon" } });
    await expect.poll(() => readFile(file, "utf8"), { interval: 20 }).toContain('"subject":"Soon"');
    await api.sandbox.flush();
    expect((await stat(file)).mode & 0o077).toBe(0);
    expect(await readdir(path.dirname(file))).toEqual(["sandbox.json"]);
    await api.close();
  });

  test("refuses a file that it does not understand, naming it, and leaves it alone", async () => {
    const broken = path.join(folder, "broken.json");
    for (const text of ["{", '{"layout":99,"state":{}}']) {
      await writeFile(broken, text);
      const open = () =>
        createSandbox({ clock: () => START, secret: "s", file: broken, seed: "empty" });
      expect(open).toThrow(/broken\.json holds no state .* --reset-demo/);
      expect(await readFile(broken, "utf8")).toBe(text);
    }
  });

  test("reset brings the seed back and keeps it", async () => {
    const api = await startApi({ file });
    await api.call("POST /userstories", { as: "bob", body: { project: 1, subject: "Gone" } });
    api.sandbox.reset();
    expect((await api.call("GET /userstories/1", { as: "bob" })).status).toBe(404);
    await api.sandbox.flush();
    expect(await readFile(file, "utf8")).not.toContain("Gone");
    await api.close();
  });
});
