import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { epicRules } from "../../src/items/epic-rules.ts";
import { createItem } from "../../src/items/item-writes.ts";
import { addRelated } from "../../src/items/related-stories.ts";
import { addMember } from "../../src/demo/build-project.ts";
import { createDraft } from "../../src/demo/draft.ts";
import { createSeed } from "../../src/demo/index.ts";
import type { Project } from "../../src/model/state.ts";
import { storyRules } from "../../src/items/story-rules.ts";
import { START, startApi, type Api } from "../support/api.ts";
import { createApiUser } from "../support/user.ts";
import type { View } from "../support/view.ts";

describe("epics", () => {
  let api: Api;
  beforeEach(async () => {
    api = await startApi();
    for (const subject of ["E1", "E2"]) {
      await bob.post("/epics", { project: 1, subject });
      api.pass(1);
    }
    for (const subject of ["S1", "S2", "S3"]) {
      await bob.post("/userstories", { project: 1, subject });
    }
  });
  afterEach(() => api.close());
  const admin = createApiUser(() => api, "admin");
  const alice = createApiUser(() => api, "alice");
  const bob = createApiUser(() => api, "bob");
  const stan = createApiUser(() => api, "stan");
  const carol = createApiUser(() => api, "carol");
  const related = (epic: number) => `/epics/${epic}/related_userstories`;
  const link = (epic: number, user_story: number) => bob.post(related(epic), { epic, user_story });
  const ids = (rows: { id: number }[]) => rows.map((row) => row.id);

  test("an epic without a colour gets one, and any text is one", async () => {
    expect((await bob.get("/epics/1")).color).toMatch(/^#[0-9a-f]{6}$/);
    expect((await bob.patch("/epics/1", { color: "teal" })).color).toBe("teal");
  });

  test("edits are merged and conflict as those of stories do", async () => {
    const subject = await bob.call("PATCH /epics/1", { subject: "Mine", version: 1 });
    expect([subject.status, subject.body.version]).toEqual([200, 2]);
    const same = await alice.call("PATCH /epics/1", { subject: "Hers", version: 1 });
    expect([same.status, same.body]).toEqual([
      400,
      { version: "The version doesn't match with the current one" },
    ]);
    expect((await alice.call("PATCH /epics/1", { status: 3, version: 1 })).status).toBe(200);
    expect(await bob.get("/epics/1")).toMatchObject({ subject: "Mine", status: 3, version: 3 });
  });

  test("a status of another project is the wrong argument, not a forbidden one", async () => {
    const answer = await bob.call("PATCH /epics/1", { status: 6, version: 1 });
    expect([answer.status, answer.body._error_message]).toEqual([
      400,
      "You don't have permissions to set this status to this epic.",
    ]);
  });

  test("stakeholders may comment and watch, and nothing else", async () => {
    expect((await stan.call("PATCH /epics/1", { comment: "Why now?", version: 1 })).status).toBe(
      200,
    );
    expect((await stan.call("PATCH /epics/1", { subject: "x", version: 2 })).status).toBe(403);
    expect((await stan.call(`POST ${related(1)}`, { epic: 1, user_story: 1 })).status).toBe(403);
    expect((await stan.call("DELETE /epics/1")).status).toBe(403);
    expect((await bob.get("/epics/1")).watchers).toEqual([9]);
  });

  test("watchers have to belong to the project", async () => {
    const answer = await bob.call("PATCH /epics/1", { watchers: [6, 8], version: 1 });
    expect([answer.status, answer.body]).toEqual([
      400,
      { watchers: ["Watchers contains invalid users"] },
    ]);
    expect(await bob.patch("/epics/1", { watchers: [6, 7] })).toMatchObject({
      watchers: [6, 7],
      is_watcher: true,
      total_watchers: 2,
    });
  });

  test("many can be made at once, in the order of the lines", async () => {
    const made = await bob.post("/epics/bulk_create", {
      project_id: 1,
      bulk_epics: "one\n\n two \n",
      status_id: 2,
    });
    expect(made).toMatchObject([
      { subject: "one", status: 2 },
      { subject: "two", status: 2 },
    ]);
    const foreign = { project_id: 1, bulk_epics: "x", status_id: 6 };
    expect((await bob.call("POST /epics/bulk_create", foreign)).status).toBe(400);
  });

  test("a moved epic makes room, and the answer names both", async () => {
    const [one, two] = await bob.get<[View, View]>("/epics?project=1");
    const body = { epics_order: one.epics_order, version: 1 };
    const answer = await bob.call(`PATCH /epics/${two.id}`, body);
    expect(JSON.parse(answer.headers.get("Taiga-Info-Order-Updated")!)).toEqual({
      [two.id]: one.epics_order,
      [one.id]: one.epics_order + 1,
    });
    expect(ids(await bob.get("/epics?project=1"))).toEqual([two.id, one.id]);
  });

  describe("and their stories", () => {
    test("progress sums up closed stories and shares of closed tasks", async () => {
      expect((await bob.get("/epics/1")).user_stories_counts).toEqual({ total: 0, progress: null });
      for (const id of [1, 2, 3]) await link(1, id);
      await bob.patch("/userstories/1", { status: 5 });
      for (const status of [4, 1, 1, 1]) {
        await bob.post("/tasks", { project: 1, subject: "T", user_story: 2, status });
      }
      expect((await bob.get("/epics/1")).user_stories_counts).toEqual({
        total: 3,
        progress: 1.25,
      });
    });

    test("a story shows its epics and can be found by them", async () => {
      await link(1, 1);
      await link(2, 1);
      await link(2, 2);
      const { epics, epic_order } = await bob.get<View & { epics: { id: number }[] }>(
        "/userstories/1",
      );
      expect(ids(epics)).toEqual([1, 2]);
      expect(epic_order).toEqual(expect.any(Number));
      expect(await bob.get("/userstories/3")).toMatchObject({ epics: null, epic_order: null });
      const find = async (query: string) => ids(await bob.get(`/userstories?project=1&${query}`));
      expect(await find("epic=1")).toEqual([1]);
      expect(await find("epic=1,2")).toEqual([1, 2]);
      expect(await find("epic=null")).toEqual([3]);
      expect(await find("epic=1,null")).toEqual([1, 3]);
      expect(await find("exclude_epic=1")).toEqual([2, 3]);
      const path = "/userstories/filters_data?project=1";
      const choices = await bob.get<{ epics: { count: number }[] }>(path);
      expect(choices.epics.map((row) => row.count)).toEqual([1, 1, 2]);
    });

    test("a link is answered in its order, and the header names what had to give way", async () => {
      for (const id of [1, 2, 3]) await link(1, id);
      const answer = await bob.call(`PATCH ${related(1)}/3`, { order: 1 });
      const orders = JSON.parse(answer.headers.get("Taiga-Info-Order-Updated")!);
      expect(Object.keys(orders)).toEqual(["1", "2", "3"]);
      const links = await bob.get<{ user_story: number }[]>(related(1));
      expect(links.map((row) => row.user_story)).toEqual([3, 1, 2]);
      expect(
        (await bob.call(`PATCH ${related(1)}/3`, { order: 1 })).headers.get(
          "Taiga-Info-Order-Updated",
        ),
      ).toBe("{}");
    });

    test("stories made for an epic are whole stories, and all links are answered", async () => {
      await link(1, 1);
      const body = { project_id: 1, bulk_userstories: "four\nfive" };
      expect(await bob.post(`${related(1)}/bulk_create`, body)).toMatchObject([
        { user_story: 1 },
        { user_story: 4 },
        { user_story: 5 },
      ]);
      // With a kanban board they go into the default swimlane.
      expect(await bob.get("/userstories/5")).toMatchObject({ subject: "five", swimlane: 1 });
    });

    test("deleting an epic keeps the stories; deleting a story takes it out", async () => {
      for (const id of [1, 2]) await link(1, id);
      await bob.remove("/userstories/1");
      expect(await bob.get(related(1))).toHaveLength(1);
      await bob.remove("/epics/1");
      expect(await bob.get("/userstories/2")).toMatchObject({ epics: null });
    });

    test("a link that is missing is forbidden ground, except for superusers", async () => {
      expect((await bob.call(`DELETE ${related(1)}/1`)).status).toBe(403);
      expect((await admin.call(`DELETE ${related(1)}/1`)).status).toBe(404);
      expect((await bob.call(`GET ${related(1)}/1`)).status).toBe(404);
    });

    test("outsiders see no links and make none", async () => {
      await link(1, 1);
      expect(await carol.get(related(1))).toEqual([]);
      expect((await carol.call(`GET ${related(1)}/1`)).status).toBe(403);
      expect((await carol.call(`POST ${related(1)}`, { epic: 1, user_story: 2 })).status).toBe(403);
      expect((await carol.call(`DELETE ${related(1)}/1`)).status).toBe(403);
    });

    test("a story of another project can be linked by who sees both", async () => {
      const theirs = await alice.post("/epics", { project: 2, subject: "Public" });
      const body = { epic: theirs.id, user_story: 1 };
      expect((await bob.call(`POST ${related(theirs.id)}`, body)).status).toBe(403);
      expect((await alice.call(`POST ${related(theirs.id)}`, body)).status).toBe(201);
    });

    test("linking a story does not reveal its subject to callers who may not see it", () => {
      const state = createSeed("observed", START);
      const [alpha, open] = state.projects as [Project, Project];
      const draft = createDraft(state, START);
      addMember(draft, open, { username: "carol", role: "Front" });
      const { context } = draft;
      const [carol, alice] = [draft.user("carol"), draft.user("alice")];
      const story = createItem(context, storyRules, alice, {
        project: alpha.id,
        subject: "Secret",
      });
      const epic = createItem(context, epicRules, carol, { project: open.id, subject: "Mine" });
      const body = { epic: epic.id, user_story: story.id };
      expect(() => addRelated(context, carol, epic, body)).toThrow(/^403/);
      expect(addRelated(context, alice, epic, body)).toMatchObject(body);
    });
  });

  test("custom fields of epics take the rights on stories, as in Taiga", async () => {
    const path = "/epics/custom-attributes-values/1";
    expect(await bob.get(path)).toEqual({ attributes_values: {}, version: 1, epic: 1 });
    const body = { attributes_values: { 1: "x" }, version: 1 };
    expect((await bob.call(`PATCH ${path}`, body)).body).toEqual({
      attributes_values: ["It contains invalid custom fields."],
    });
    expect((await stan.call(`PATCH ${path}`, body)).status).toBe(403);
  });
});
