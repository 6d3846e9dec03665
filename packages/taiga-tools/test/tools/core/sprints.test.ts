import { describe, expect, it } from "vitest";
import getSprint from "../../../src/tools/core/get-sprint.ts";
import listSprints from "../../../src/tools/core/list-sprints.ts";
import saveSprint from "../../../src/tools/core/save-sprint.ts";
import { createTaigaDouble, projectOf } from "../../support/taiga-double.ts";
import { createBench } from "../../support/tool-context.ts";

const sprintCalls = (calls: readonly string[]) =>
  calls.filter((call) => /^(milestones|tasks|issues|userStories)/.test(call));

const storyIn = (id: number, more: object = {}) => ({
  id,
  ref: id,
  subject: `Story ${id}`,
  status: 1,
  is_closed: false,
  is_blocked: false,
  status_extra_info: { name: "New", color: "", is_closed: false },
  assigned_to: null,
  assigned_to_extra_info: null,
  total_points: 3,
  ...more,
});

describe("list_sprints", () => {
  it("tells dates, state and progress with one request, the latest first", async () => {
    const bench = createBench();
    Object.assign(bench.double.sprints[0]!, {
      total_points: 6,
      closed_points: 3,
      user_stories: [storyIn(1, { is_closed: true }), storyIn(2)],
    });
    const { data, text } = await bench.call(listSprints, {});
    expect(data.sprints).toMatchObject([
      { name: "Sprint 3", state: "upcoming" },
      { name: "Sprint 2", state: "current", progress: { points: { closed: 3, total: 6 } } },
    ]);
    expect(text).toContain(
      "Sprint 2 | 2026-11-16 to 2026-11-27 | current | 3 of 6 points, 1 of 2 stories closed",
    );
    expect(sprintCalls(bench.double.calls)).toEqual(["milestones.list"]);
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
    const { double } = bench;
    const [first, second] = [double.add("userstory"), double.add("userstory")];
    double.add("task", { milestone: 2, user_story: first.id, assigned_to: 7 });
    double.add("task", { milestone: 2, user_story: first.id, status: 12 });
    double.add("task", { milestone: 2 });
    double.add("issue", { milestone: 2, severity: 2 });
    double.sprints[0]!.user_stories = [storyIn(first.id), storyIn(second.id)];
    double.stats.days = [
      { day: "2026-11-19", open_points: 6, optimal_points: 5 },
      { day: "2026-11-20", open_points: 6, optimal_points: 4.44 },
      { day: "2026-11-21", open_points: 6, optimal_points: 3 },
    ];
    return bench;
  };

  it("tells all of the current sprint with four requests, beside finding it", async () => {
    const bench = createSprintBench();
    const { data, text } = await bench.call(getSprint, {});
    expect(data).toMatchObject({
      name: "Sprint 2",
      state: "current",
      days_left: 7,
      progress: { tasks: { closed: 1, total: 4 } },
      stories: [{ open_tasks: [{ ref: "#3", assigned_to: ["bob"] }] }, {}],
      tasks: [{ ref: "#5" }],
      issues: [{ ref: "#6", severity: "Critical" }],
    });
    expect(data.stories[0].open_tasks).toHaveLength(1);
    expect(text).toContain("1.6 points behind the ideal line");
    expect(sprintCalls(bench.double.calls).toSorted()).toEqual([
      "issues.list",
      "milestones.getById",
      "milestones.list",
      "milestones.stats",
      "tasks.list",
    ]);
  });

  it("gives no burndown for days to come, which Taiga fills with today's points", async () => {
    const { data } = await createSprintBench().call(getSprint, { include: ["burndown"] });
    expect(data.burndown).toEqual([
      { day: "2026-11-19", open: 6, ideal: 5 },
      { day: "2026-11-20", open: 6, ideal: 4.4 },
      { day: "2026-11-21", ideal: 3 },
    ]);
  });

  it("reads no more than it was asked to include", async () => {
    const bench = createSprintBench();
    const { data } = await bench.call(getSprint, { sprint: "Sprint 2", include: "stories" });
    expect(sprintCalls(bench.double.calls)).toEqual(["milestones.getById"]);
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
    expect(bench.double.sprints).toHaveLength(3);
  });

  it("finds a sprint that somebody made since the project was read", async () => {
    const bench = createBench();
    await bench.call(listSprints, {});
    await createBench({ double: bench.double }).call(saveSprint, four);
    const { data } = await bench.call(saveSprint, { ...four, finish: "2026-12-24" });
    expect(data.outcome).toBe("updated");
    expect(bench.double.sprints).toHaveLength(3);
  });

  it("sends only what changes, and shows it before and after", async () => {
    const bench = createBench();
    const input = { sprint: "current", new_name: "Sprint 2b", start: "2026-11-16" };
    const dry = await bench.call(saveSprint, { ...input, dry_run: true });
    expect(dry.text).toContain("name: Sprint 2 → Sprint 2b");
    expect(dry.data.outcome).toBe("would_update");
    expect(bench.double.sprints[0]?.name).toBe("Sprint 2");
    const { data } = await bench.call(saveSprint, input);
    expect(data).toMatchObject({ outcome: "updated", name: "Sprint 2b", start: "2026-11-16" });
    expect(sprintCalls(bench.double.calls).slice(-2)).toEqual([
      "milestones.getById",
      "milestones.update",
    ]);
  });

  it("makes no second sprint of a misspelt name", async () => {
    const bench = createBench();
    const call = bench.call(saveSprint, { sprint: "Sprnt 2", finish: "2026-11-28" });
    await expect(call).rejects.toThrow(/Did you mean: Sprint 2[^]*give start and finish/);
    expect(bench.double.calls).not.toContain("milestones.create");
  });

  it("makes no sprint called current, next or backlog", async () => {
    const bench = createBench();
    bench.double.sprints = [];
    for (const sprint of ["current", "next", "backlog"]) {
      await expect(bench.call(saveSprint, { ...four, sprint })).rejects.toThrow(/^sprint: /);
    }
    expect(bench.double.calls).not.toContain("milestones.create");
  });

  it("refuses an end before the start, and those who may not", async () => {
    const bench = createBench();
    const input = { sprint: "Sprint 2", finish: "2026-11-01" };
    await expect(bench.call(saveSprint, input)).rejects.toThrow("finish: a sprint cannot end");
    const double = createTaigaDouble([projectOf(1, "alpha-one", { my_permissions: [] })]);
    const other = createBench({ double });
    await expect(other.call(saveSprint, four)).rejects.toThrow("add_milestone");
    await expect(other.call(saveSprint, input)).rejects.toThrow("modify_milestone");
  });
});
