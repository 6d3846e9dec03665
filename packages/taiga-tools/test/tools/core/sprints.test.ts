import { describe, expect, it } from "vitest";
import getSprint from "../../../src/tools/core/get-sprint.ts";
import listSprints from "../../../src/tools/core/list-sprints.ts";
import saveSprint from "../../../src/tools/core/save-sprint.ts";
import { createTaiga } from "../../support/taiga.ts";
import { projectOf, VIEW } from "../../support/taiga-seed.ts";
import { createBench } from "../../support/tool-context.ts";

const sprintRequests = (requests: readonly string[]) =>
  requests.filter((request) => / \/(milestones|tasks|issues|userstories)/.test(request));

/** Points of a role, each by the value's id: 3. */
const POINTS = { points: { 1: 2 } };

describe("list_sprints", () => {
  it("tells dates, state and progress with one request, the latest first", async () => {
    const bench = createBench();
    for (const status of [3, 1]) bench.taiga.add("userstory", { milestone: 2, status, ...POINTS });
    const { data, text } = await bench.call(listSprints, {});
    expect(data.sprints).toMatchObject([
      { name: "Sprint 3", state: "upcoming" },
      { name: "Sprint 2", state: "current", progress: { points: { closed: 3, total: 6 } } },
    ]);
    expect(text).toContain(
      "Sprint 2 | 2026-11-16 to 2026-11-27 | current | 3 of 6 points, 1 of 2 stories closed",
    );
    expect(sprintRequests(bench.taiga.asked())).toEqual(["GET /milestones"]);
  });

  it("calls an open sprint late once its last day has passed", async () => {
    const bench = createBench();
    bench.clock.now += 10 * 24 * 60 * 60;
    const { data } = await bench.call(listSprints, {});
    expect(data.sprints.map(({ state }: { state: string }) => state)).toEqual(["current", "late"]);
  });
});

describe("get_sprint", () => {
  const createSprintBench = () => {
    const bench = createBench();
    const { taiga } = bench;
    const [first] = [1, 2].map(() => taiga.add("userstory", { milestone: 2, ...POINTS }));
    taiga.add("task", { user_story: first!.id, assigned_to: 7 });
    taiga.add("task", { user_story: first!.id, status: 12 });
    taiga.add("task", { milestone: 2 });
    taiga.add("issue", { milestone: 2, severity: 2 });
    return bench;
  };

  it("tells all of the current sprint with five requests, beside finding it", async () => {
    const bench = createSprintBench();
    const { data, text } = await bench.call(getSprint, {});
    expect(data).toMatchObject({
      name: "Sprint 2",
      state: "current",
      days_left: 7,
      progress: { tasks: { closed: 1, total: 3 } },
      stories: [{ open_tasks: [{ ref: "#3", assigned_to: ["bob"] }] }, {}],
      tasks: [{ ref: "#5" }],
      issues: [{ ref: "#6", severity: "Critical" }],
    });
    expect(data.stories[0].open_tasks).toHaveLength(1);
    expect(text).toContain("0.7 points behind the ideal line");
    expect(sprintRequests(bench.taiga.asked()).toSorted()).toEqual([
      "GET /issues",
      "GET /milestones",
      "GET /milestones/2",
      "GET /milestones/2/stats",
      "GET /tasks",
      "GET /userstories",
    ]);
  });

  it("gives no burndown for days to come, which Taiga fills with today's points", async () => {
    const { data } = await createSprintBench().call(getSprint, { include: ["burndown"] });
    // Taiga counts the closed task for half of its story.
    expect(data.burndown.slice(3, 6)).toEqual([
      { day: "2026-11-19", open: 6, ideal: 4.4 },
      { day: "2026-11-20", open: 4.5, ideal: 3.8 },
      { day: "2026-11-21", ideal: 3.3 },
    ]);
    expect(data.burndown.slice(5).filter((day: object) => "open" in day)).toEqual([]);
    expect(data.burndown).toHaveLength(12);
  });

  it("reads no more than it was asked to include", async () => {
    const bench = createSprintBench();
    const { data } = await bench.call(getSprint, { sprint: "Sprint 2", include: "stories" });
    expect(sprintRequests(bench.taiga.asked())).toEqual(["GET /milestones/2", "GET /userstories"]);
    expect(data).not.toHaveProperty("issues");
    expect(data.stories).toHaveLength(2);
  });

  it("sends those who ask for the backlog to find_items", async () => {
    await expect(createBench().call(getSprint, { sprint: "backlog" })).rejects.toThrow(
      "find_items",
    );
  });
});

describe("save_sprint", () => {
  const four = { sprint: "Sprint 4", start: "2026-12-14", finish: "2026-12-25" };

  it("creates a sprint once: a repetition finds it and changes nothing", async () => {
    const bench = createBench();
    expect((await bench.call(saveSprint, four)).data).toMatchObject({ outcome: "created" });
    expect((await bench.call(saveSprint, four)).data).toMatchObject({ outcome: "unchanged" });
    expect(bench.taiga.state.milestones).toHaveLength(4);
  });

  it("finds a sprint that another user created after the project was read", async () => {
    const bench = createBench();
    await bench.call(listSprints, {});
    await createBench({ taiga: bench.taiga }).call(saveSprint, four);
    const { data } = await bench.call(saveSprint, { ...four, finish: "2026-12-24" });
    expect(data.outcome).toBe("updated");
    expect(bench.taiga.state.milestones).toHaveLength(4);
  });

  it("sends only what changes, and shows it before and after", async () => {
    const bench = createBench();
    const input = { sprint: "current", new_name: "Sprint 2b", start: "2026-11-16" };
    const dry = await bench.call(saveSprint, { ...input, dry_run: true });
    expect(dry.text).toContain("name: Sprint 2 → Sprint 2b");
    expect(dry.data.outcome).toBe("would_update");
    expect(bench.taiga.state.milestones[1]?.name).toBe("Sprint 2");
    const { data } = await bench.call(saveSprint, input);
    expect(data).toMatchObject({ outcome: "updated", name: "Sprint 2b", start: "2026-11-16" });
    expect(sprintRequests(bench.taiga.asked()).slice(-2)).toEqual([
      "GET /milestones/2",
      "PATCH /milestones/2",
    ]);
  });

  it("makes no second sprint of a misspelt name", async () => {
    const bench = createBench();
    const call = bench.call(saveSprint, { sprint: "Sprnt 2", finish: "2026-11-28" });
    await expect(call).rejects.toThrow(/Did you mean: `Sprint 2`[^]*give start and finish/);
    expect(bench.taiga.asked()).not.toContain("POST /milestones");
  });

  it("makes no sprint called current, next or backlog", async () => {
    const bench = createBench();
    bench.taiga.state.milestones = [];
    for (const sprint of ["current", "next", "backlog"]) {
      await expect(bench.call(saveSprint, { ...four, sprint })).rejects.toThrow(/^sprint: /);
    }
    expect(bench.taiga.asked()).not.toContain("POST /milestones");
  });

  it("refuses an end before the start, and those who may not", async () => {
    const bench = createBench();
    const input = { sprint: "Sprint 2", finish: "2026-11-01" };
    await expect(bench.call(saveSprint, input)).rejects.toThrow("finish: a sprint cannot end");
    const taiga = createTaiga([projectOf("alpha-one", { permissions: VIEW })]);
    const other = createBench({ taiga });
    await expect(other.call(saveSprint, four)).rejects.toThrow("add_milestone");
    await expect(other.call(saveSprint, input)).rejects.toThrow("modify_milestone");
  });
});
