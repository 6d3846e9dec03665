import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startApi, type Api } from "../support/api.ts";
import { createApiUser } from "../support/user.ts";

/** What the tests read of `/milestones/{id}/stats`. */
interface Stats {
  days: { open_points: number }[];
  completed_points: number[];
}

const DATES = { estimated_start: "2026-11-18", estimated_finish: "2026-11-22" };

describe("sprints", () => {
  let api: Api;
  beforeEach(async () => {
    api = await startApi();
  });
  afterEach(() => api.close());
  const bob = createApiUser(() => api, "bob");
  const stan = createApiUser(() => api, "stan");
  const carol = createApiUser(() => api, "carol");
  const sprint = (fields: object = {}) =>
    bob.post("/milestones", { project: 1, name: "Sprint 1", ...DATES, ...fields });
  const story = (fields: object) =>
    bob.post("/userstories", { project: 1, subject: "A story", milestone: 1, ...fields });

  test("the slug is unique over all projects and stays when the name changes", async () => {
    expect((await sprint()).slug).toBe("sprint-1");
    const alice = createApiUser(() => api, "alice");
    const other = await alice.post("/milestones", { project: 2, name: "Sprint 1", ...DATES });
    expect(other.slug).toBe("sprint-1-1");
    expect((await bob.patch("/milestones/1", { name: "Renamed" })).slug).toBe("sprint-1");
    expect((await sprint({ name: "Élan, 2!" })).slug).toBe("elan-2");
  });

  test.each([
    ["a taken name", { name: "Sprint 1" }, { name: ["Duplicated name"] }],
    ["a blank name", { name: "" }, { name: ["This field cannot be blank."] }],
    [
      "an end before the start",
      { estimated_finish: "2026-11-17" },
      { __all__: ["The estimated start must be previous to the estimated finish."] },
    ],
    [
      "an invalid date",
      { estimated_start: "soon" },
      {
        estimated_start: [
          "Date has wrong format. Use one of these formats instead: YYYY[-MM[-DD]]",
        ],
      },
    ],
  ])("an edit with %s is refused and changes nothing", async (_name, body, expected) => {
    await sprint();
    const { id } = await sprint({ name: "Sprint 2" });
    const before = await bob.get(`/milestones/${id}`);
    const answer = await bob.call(`PATCH /milestones/${id}`, body);
    expect([answer.status, answer.body]).toEqual([400, expected]);
    expect(await bob.get(`/milestones/${id}`)).toEqual(before);
  });

  test("a sprint of one day is possible, and its own name is free to keep", async () => {
    await sprint({ estimated_finish: DATES.estimated_start });
    await bob.patch("/milestones/1", { name: "Sprint 1" });
    const { days } = await bob.get<Stats>("/milestones/1/stats");
    expect(days).toEqual([{ day: "2026-11-18", name: 18, open_points: 0, optimal_points: 0 }]);
  });

  test("who may only look can neither make, change nor delete one", async () => {
    await sprint();
    const body = { project: 1, name: "Mine", ...DATES };
    for (const user of [stan, carol]) {
      expect((await user.call("POST /milestones", body)).status).toBe(403);
      expect((await user.call("PATCH /milestones/1", { name: "x" })).status).toBe(403);
      expect((await user.call("DELETE /milestones/1")).status).toBe(403);
      expect((await user.call("DELETE /milestones/99")).status).toBe(403);
    }
    expect((await carol.call("GET /milestones/1/stats")).status).toBe(403);
    expect((await createApiUser(() => api, "admin").call("DELETE /milestones/99")).status).toBe(
      404,
    );
  });

  test("deleting one keeps what was in it, out of any sprint and in its version", async () => {
    await sprint();
    await story({});
    await bob.post("/tasks", { project: 1, subject: "T", user_story: 1 });
    await bob.post("/issues", { project: 1, subject: "I", milestone: 1 });
    await bob.remove("/milestones/1");
    for (const path of ["/userstories/1", "/tasks/1", "/issues/1"]) {
      expect(await bob.get(path)).toMatchObject({ milestone: null, version: 1 });
    }
    expect((await bob.call("GET /milestones/1")).status).toBe(404);
  });

  test("an issue keeps a sprint open until it is closed", async () => {
    await sprint();
    await story({ status: 5 });
    await bob.post("/issues", { project: 1, subject: "I", milestone: 1 });
    expect((await bob.get("/milestones/1")).closed).toBe(false);
    await bob.patch("/issues/1", { status: 4 });
    expect((await bob.get("/milestones/1")).closed).toBe(true);
    await bob.remove("/userstories/1");
    await bob.remove("/issues/1");
    expect((await bob.get("/milestones/1")).closed).toBe(false);
  });

  describe("statistics", () => {
    beforeEach(() => {
      // So that the days may pass.
      api.sandbox.control.tokenLifetimes.accessSeconds = 30 * 24 * 60 * 60;
    });

    /** Points of the observed project: id 5 is worth 2, id 6 is worth 3, id 8 is worth 8. */
    test("count points by role, items, and what was open on each day", async () => {
      await sprint();
      await story({ points: { 4: 8, 1: 5 } });
      await story({ points: { 4: 6 } });
      for (const iocaine of [true, false]) {
        await bob.post("/tasks", { project: 1, subject: "T", user_story: 1, is_iocaine: iocaine });
      }
      await bob.patch("/tasks/1", { status: 4 });
      api.pass(24 * 60 * 60);
      await bob.patch("/userstories/2", { status: 5 });
      expect(await bob.get("/milestones/1/stats")).toEqual({
        name: "Sprint 1",
        ...DATES,
        total_points: { 1: 2, 4: 11 },
        completed_points: [3],
        total_userstories: 2,
        completed_userstories: 1,
        total_tasks: 2,
        completed_tasks: 1,
        iocaine_doses: 1,
        days: [
          { day: "2026-11-18", name: 18, open_points: 13, optimal_points: 13 },
          { day: "2026-11-19", name: 19, open_points: 13, optimal_points: 9.75 },
          { day: "2026-11-20", name: 20, open_points: 8, optimal_points: 6.5 },
          { day: "2026-11-21", name: 21, open_points: 5, optimal_points: 3.25 },
          { day: "2026-11-22", name: 22, open_points: 5, optimal_points: 0 },
        ],
      });
    });

    test("what was closed before the sprint counts on its first day, later on none", async () => {
      await sprint({ estimated_start: "2026-11-21", estimated_finish: "2026-11-22" });
      await story({ points: { 4: 6 }, status: 5 });
      await story({ points: { 4: 8 } });
      api.pass(5 * 24 * 60 * 60);
      await bob.patch("/userstories/2", { status: 5 });
      const { days, completed_points } = await bob.get<Stats>("/milestones/1/stats");
      expect(days.map((day) => day.open_points)).toEqual([8, 8]);
      expect(completed_points).toEqual([11]);
    });
  });
});
