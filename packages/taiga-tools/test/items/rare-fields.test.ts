// What Taiga also knows of an item: shown by get_items, and in lists on demand.
import { describe, expect, it } from "vitest";
import findItems from "../../src/tools/core/find-items.ts";
import getItems from "../../src/tools/core/get-items.ts";
import { createSandboxTransport } from "../support/sandbox-transport.ts";
import { createBench } from "../support/tool-context.ts";

const post = (bench: ReturnType<typeof createBench>, path: string, body?: object) =>
  createSandboxTransport(bench.taiga.sandbox, "alice").send({
    method: "POST",
    path,
    query: "",
    headers: body === undefined ? {} : { "Content-Type": "application/json" },
    body: body && JSON.stringify(body),
    signal: undefined,
  });

describe("an item", () => {
  // @rule TAIGA-18
  it("shows its due-date reason, requirements, votes, external reference and iocaine", async () => {
    const bench = createBench();
    const story = bench.taiga.add("userstory", {
      due_date: "2026-12-24",
      due_date_reason: "Christmas\nsale",
      client_requirement: true,
      team_requirement: true,
      external_reference: ["github", "12"],
    });
    bench.taiga.add("task", { user_story: story.id, is_iocaine: true });
    await post(bench, `/userstories/${story.id}/upvote`);
    const { text, data } = await bench.call(getItems, { refs: ["#1", "#2"] });
    expect(text).toContain("due 2026-12-24 | due because: Christmas sale");
    expect(text).toContain("votes 1 | client requirement | team requirement | external github 12");
    expect(text).toMatch(/#2 task .*\| iocaine/);
    expect(data["items"][0]).toMatchObject({ votes: 1, external_reference: "github 12" });
    const list = { project: "alpha-one" };
    expect((await bench.call(findItems, list)).text).not.toContain("requirement");
    const fields = ["votes", "client_requirement"];
    const chosen = await bench.call(findItems, { ...list, fields });
    expect(chosen.text).toContain("#1 story Subject 1 | votes 1 | client requirement\n");
  });

  // @rule TAIGA-18
  it("shows the issue or the former task of which it was made", async () => {
    const bench = createBench();
    const issue = bench.taiga.add("issue");
    const task = bench.taiga.add("task", { milestone: 2 });
    await post(bench, `/issues/${issue.id}/promote_to_user_story`, { project_id: 1 });
    await post(bench, `/tasks/${task.id}/promote_to_user_story`, { project_id: 1 });
    const { text } = await bench.call(getItems, { refs: ["#3", "#4"] });
    expect(text).toMatch(/#3 story .*\| promoted from issue #1/);
    expect(text).toMatch(/#4 story .*\| promoted from former Task #2/);
  });

  // @rule TAIGA-18
  it("tells changes of these fields in its history", async () => {
    const bench = createBench();
    const story = bench.taiga.add("userstory");
    bench.taiga.change(story, { client_requirement: true, due_date_reason: "sale" });
    const { text } = await bench.call(getItems, { refs: ["#1"], include: ["history"] });
    expect(text).toContain("client_requirement: false → true");
    expect(text).toContain("due_date_reason: – → sale");
  });
});
