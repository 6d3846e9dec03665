// Names that are younger than the cached metadata, and words for sprints.
import { beforeEach, describe, expect, it } from "vitest";
import createItems from "../../src/tools/core/create-items.ts";
import findItems from "../../src/tools/core/find-items.ts";
import getSprint from "../../src/tools/core/get-sprint.ts";
import listSprints from "../../src/tools/core/list-sprints.ts";
import saveSprint from "../../src/tools/core/save-sprint.ts";
import updateItems from "../../src/tools/core/update-items.ts";
import { runHandler } from "../../src/tool/run-handler.ts";
import type { ToolDefinition } from "../../src/tool/define-tool.ts";
import { createProjectDirectories } from "../../src/projects/project-directory.ts";
import { type Bench, createBench, refs } from "../support/tool-context.ts";

/** Calls like the server: each call has its own directory upon the user's cache. */
function createServer(bench: Bench) {
  const directories = createProjectDirectories({ clock: () => bench.clock.now, maxUsers: 10 });
  return (tool: ToolDefinition, input: object) => {
    const user = { subject: "bob", taiga: bench.taiga.client, projects: "all" as const };
    const context = { ...bench.context, projects: directories.for(user) };
    return runHandler(tool, tool.inputSchema.parse(input), context) as Promise<{
      text: string;
      data: Record<string, any>;
    }>;
  };
}

const metadata = (bench: Bench) =>
  bench.taiga.asked().filter((request) => / \/projects/.test(request));

describe("a name that was created within the last minute", () => {
  let bench: Bench;
  let call: ReturnType<typeof createServer>;
  beforeEach(async () => {
    bench = createBench();
    call = createServer(bench);
    bench.taiga.add("userstory");
    await call(findItems, { project: "alpha-one" });
    bench.taiga.forgetRequests();
  });

  // @rule TAIGA-15
  it("is found by reading the metadata anew once", async () => {
    const { state } = bench.taiga;
    Object.assign(
      state.storyStatuses.find(({ name }) => name === "In progress")!,
      { name: "Doing" },
    );
    await call(updateItems, { project: "alpha-one", items: [{ ref: "#1", status: "Doing" }] });
    expect(state.userstories[0]?.status).toBe(2);
    expect(metadata(bench)).toEqual(["GET /projects", "GET /projects/1"]);
    const { data } = await call(findItems, { project: "alpha-one", status: ["Doing"] });
    expect(refs(data)).toEqual(["#1"]);
    Object.assign(
      state.storyStatuses.find(({ name }) => name === "Doing")!,
      { name: "Working" },
    );
    const items = [{ subject: "Story", status: "Working" }];
    const created = await call(createItems, {
      project: "alpha-one",
      items,
      idempotency_key: "a-good-key",
    });
    expect(created.data["items"]).toMatchObject([{ outcome: "created" }]);
  });

  // @rule TAIGA-15
  it("is told to be unknown after one more look", async () => {
    const find = call(findItems, { project: "alpha-one", status: ["Doing"] });
    await expect(find).rejects.toThrow("there is no `Doing`");
    expect(metadata(bench)).toEqual(["GET /projects", "GET /projects/1"]);
  });

  // @rule TAIGA-15
  it("is not looked up again when the metadata is that of this call", async () => {
    bench.clock.now += 61;
    await expect(call(findItems, { project: "alpha-one", status: ["Doing"] })).rejects.toThrow(
      "Doing",
    );
    expect(metadata(bench)).toEqual(["GET /projects", "GET /projects/1"]);
  });

  // @rule TAIGA-15
  it("is found as a project, too", async () => {
    Object.assign(bench.taiga.state.projects[0]!, { slug: "renamed", name: "Renamed" });
    expect(refs((await call(findItems, { project: "renamed" })).data)).toEqual(["#1"]);
  });
});

describe("a sprint", () => {
  const name = async (bench: Bench, sprint: string) =>
    (await bench.call(getSprint, { sprint, include: [] })).data["name"];

  // @rule TAIGA-16
  it("is the current one by its dates, though all of its items are done", async () => {
    const bench = createBench();
    for (const sprint of bench.taiga.state.milestones) sprint.closed = true;
    expect(await name(bench, "current")).toBe("Sprint 2");
    expect(await name(bench, "next")).toBe("Sprint 3");
    expect(await name(bench, "last")).toBe("Sprint 1");
    const story = bench.taiga.add("userstory", { milestone: 1 });
    const { data } = await bench.call(findItems, { project: "alpha-one", sprint: "last" });
    expect(refs(data)).toEqual([`#${story.ref}`]);
  });

  // @rule TAIGA-16
  it("is the last one, however long ago it was", async () => {
    const bench = createBench();
    bench.clock.now += 300 * 24 * 60 * 60;
    expect(await name(bench, "last")).toBe("Sprint 3");
    await expect(name(bench, "current")).rejects.toThrow("no sprint includes today");
  });

  // @rule TAIGA-16
  it("is the open one of two that include today; of two open ones it is asked for", async () => {
    const bench = createBench();
    const [first, second] = bench.taiga.state.milestones;
    first!.estimated_finish = "2026-11-25";
    expect(await name(bench, "current")).toBe("Sprint 2");
    first!.closed = false;
    bench.clock.now += 61;
    await expect(name(bench, "current")).rejects.toThrow(
      `\`${second!.name}\` (2026-11-16 to 2026-11-27), \`Sprint 1\``,
    );
  });

  // @rule TAIGA-16
  it("is read by a unique beginning of its name, but not changed", async () => {
    const bench = createBench();
    const [first, second, third] = bench.taiga.state.milestones;
    Object.assign(first!, { name: "Sprint 9: Night rides" });
    Object.assign(second!, { name: "Sprint 90" });
    Object.assign(third!, { name: "Release" });
    expect(await name(bench, "sprint 9")).toBe("Sprint 9: Night rides");
    expect(await name(bench, "rel")).toBe("Release");
    await expect(name(bench, "Sprint")).rejects.toThrow(
      "several names begin with `Sprint`: `Sprint 9: Night rides`, `Sprint 90`",
    );
    bench.taiga.add("userstory");
    const items = [{ ref: "#1", sprint: "rel" }];
    await expect(bench.call(updateItems, { items })).rejects.toThrow("there is no `rel`");
  });

  // @rule TAIGA-16
  it("is not made a second time beside one whose name begins like this", async () => {
    const bench = createBench();
    Object.assign(bench.taiga.state.milestones[2]!, { name: "Sprint 9: Night rides" });
    const input = { start: "2027-01-04", finish: "2027-01-15" };
    await expect(bench.call(saveSprint, { sprint: "Sprint 9", ...input })).rejects.toThrow(
      "there is `Sprint 9: Night rides`",
    );
    const { data } = await bench.call(saveSprint, { sprint: '"Sprint 9"', ...input });
    expect(data).toMatchObject({ outcome: "created", name: "Sprint 9" });
    const { text } = await bench.call(listSprints, {});
    expect(text).toContain("Sprint 9 | 2027-01-04");
  });

  // @rule TAIGA-16
  it("that is called like one of our words is meant in quotes", async () => {
    const bench = createBench();
    Object.assign(bench.taiga.state.milestones[2]!, { name: "Backlog" });
    expect(await name(bench, '"backlog"')).toBe("Backlog");
    await expect(name(bench, '"current"')).rejects.toThrow("there is no `current`");
  });
});
