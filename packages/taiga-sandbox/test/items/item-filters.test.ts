import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startApi, type Api } from "../support/api.ts";
import { createApiUser } from "../support/user.ts";

describe("lists of stories and tasks", () => {
  let api: Api;
  beforeEach(async () => {
    api = await startApi();
    const dates = { estimated_start: "2026-11-16", estimated_finish: "2026-11-29" };
    await bob.post("/milestones", { project: 1, name: "Sprint 1", ...dates });
  });
  afterEach(() => api.close());

  const bob = createApiUser(() => api, "bob");
  const story = (fields: object = {}) =>
    bob.post("/userstories", { project: 1, subject: "A story", ...fields });
  const task = (userStory: number, fields: object = {}) =>
    bob.post("/tasks", { project: 1, subject: "A task", user_story: userStory, ...fields });
  const ids = (rows: { id: number }[]) => rows.map((row) => row.id);

  test.each([
    ["status=2", [2]],
    ["exclude_status=2", [1, 3]],
    ["assigned_to=null", [3]],
    ["assigned_to=7,null", [1, 3]],
    ["assigned_users=6", [1, 2]],
    ["tags=blue,none", [1]],
    ["exclude_tags=blue", [2, 3]],
    ["milestone=1", [2]],
    ["milestone=null", [1, 3]],
    ["milestone__isnull=true", [1, 3]],
    ["is_closed=true", [3]],
    ["status__is_closed=false", [1, 2]],
    ["swimnlane=2", [2]],
    ["swimnlane=null", [1, 3]],
    ["swimlane=2", [1, 2, 3]],
    ["exclude_swimlane=2", [1, 3]],
    ["epic=null", [1, 2, 3]],
    ["epic=1", []],
    ["role=3", [1]],
    ["exclude_role=3", [2, 3]],
    ["owner=7", [1, 2, 3]],
    ["exclude_owner=7", []],
    ["watchers=6", [2]],
    ["q=pedal", [1]],
    ["q=harbour", [2]],
    ["created_date__lt=2026-11-20", []],
    ["created_date__gte=2026-11-20", [1, 2, 3]],
    ["finish_date__gte=2026-11-20", [3]],
    ["milestone__estimated_finish__lte=2026-12-01", [2]],
    ["ref=2", [1, 2, 3]],
    ["project__slug=alice-alpha-one-1", []],
    ["order_by=-subject", [3, 2, 1]],
    ["order_by=status", [1, 2, 3]],
    ["order_by=-status", [3, 2, 1]],
  ])("stories: %s gives %j", async (query, expected) => {
    await story({ subject: "A pedal", assigned_to: 7, assigned_users: [6], tags: ["Blue"] });
    const second = { description: "At the harbour, @alice", milestone: 1, swimlane: 2 };
    await story({ subject: "B", assigned_to: 6, status: 2, ...second });
    await story({ subject: "C", status: 5 });
    expect(ids(await bob.get(`/userstories?project=1&${query}`))).toEqual(expected);
  });

  test.each([
    ["user_story=1", [1]],
    ["user_story=null", [2]],
    ["assigned_to=6", [2]],
    ["status__is_closed=true", [1]],
    ["finished_date__gte=2026-11-20", [1]],
    ["milestone=null", [1]],
    ["order_by=-subject", [2, 1]],
    ["q=wheel", [1]],
  ])("tasks: %s gives %j", async (query, expected) => {
    await story();
    await task(1, { subject: "True the wheel", status: 4 });
    await bob.post("/tasks", { project: 1, subject: "Wash", milestone: 1, assigned_to: 6 });
    expect(ids(await bob.get(`/tasks?project=1&${query}`))).toEqual(expected);
  });

  test("an invalid date is the caller's mistake", async () => {
    const answer = await bob.call("GET /tasks?created_date__lt=soon");
    expect(answer.status).toBe(400);
  });

  test("choices are counted under all other filters", async () => {
    await story({ assigned_to: 7, tags: ["blue"] });
    await story({ status: 2, tags: ["blue"] });
    type Choices = { name?: string; full_name?: string; count: number }[];
    const data = await bob.get<Record<"statuses" | "assigned_to" | "tags", Choices>>(
      "/userstories/filters_data?project=1&status=2",
    );
    const counts = (rows: Choices) =>
      Object.fromEntries(
        rows.filter((row) => row.count).map((row) => [row.name ?? row.full_name, row.count]),
      );
    expect(counts(data.statuses)).toEqual({ New: 1, Ready: 1 });
    expect(counts(data.assigned_to)).toEqual({ "": 1 });
    expect(counts(data.tags)).toEqual({ blue: 1 });
  });
});
