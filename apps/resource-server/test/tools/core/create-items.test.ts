import { TaigaError } from "@taiga-mcp/taiga-client";
import { describe, expect, it } from "vitest";
import createItems from "../../../src/tools/core/create-items.ts";
import { createTaigaDouble, projectOf } from "../taiga-double.ts";
import { createBench } from "../tool-context.ts";

const outcomes = (data: Record<string, any>) =>
  data.items.map((item: { outcome: string }) => item.outcome);
const key = "meeting-2026-11-20";

describe("create_items", () => {
  it("makes a story with its tasks, everything by name, and links to them", async () => {
    const bench = createBench();
    const { data } = await bench.call(createItems, {
      items: [
        {
          subject: "Ring the bell",
          description: "On arrival",
          status: "In progress",
          assigned_to: ["me", "alice"],
          points: { Back: "5" },
          tags: ["UI"],
          due_date: "2026-12-01",
          swimlane: "Fast lane",
          custom_fields: { Customer: "ACME" },
          tasks: [{ subject: "Buy a bell" }, { subject: "Hang it up", assigned_to: "stan" }],
        },
      ],
    });
    expect(outcomes(data)).toEqual(["created", "created", "created"]);
    expect(data.items[0]).toMatchObject({
      ref: "alpha-one#1",
      url: "https://taiga.test/project/alpha-one/us/1",
    });
    const [story] = bench.double.items.userstory;
    expect(story).toMatchObject({
      status: 2,
      assigned_to: 7,
      assigned_users: [7, 6],
      points: { 1: 3 },
    });
    expect(bench.double.custom.get(String(story?.id))?.attributes_values).toEqual({ 1: "ACME" });
    expect(bench.double.items.task).toMatchObject([
      { subject: "Buy a bell", user_story: story?.id },
      { subject: "Hang it up", user_story: story?.id, assigned_to: 9 },
    ]);
  });

  it("makes plain neighbours with one request, in their order", async () => {
    const bench = createBench();
    const { data } = await bench.call(createItems, {
      items: ["A", "B", "C"].map((subject) => ({ subject })),
    });
    expect(bench.asked()).toEqual(["userStories.bulkCreate"]);
    expect(data.items.map((item: { ref: string }) => item.ref)).toEqual([
      "alpha-one#1",
      "alpha-one#2",
      "alpha-one#3",
    ]);
  });

  it("makes tasks one by one without a sprint, and together in one, as Taiga demands", async () => {
    const bench = createBench();
    const tasks = [{ subject: "T1" }, { subject: "T2" }];
    await bench.call(createItems, { items: [{ subject: "S", tasks }] });
    expect(bench.asked()).toEqual(["userStories.create", "tasks.create", "tasks.create"]);
    await bench.call(createItems, { items: [{ subject: "S", sprint: "current", tasks }] });
    expect(bench.asked()).toEqual(["userStories.create", "tasks.bulkCreate"]);
  });

  it("writes nothing when anything anywhere is wrong, and tells all of it", async () => {
    const bench = createBench();
    const call = bench.call(createItems, {
      items: [
        { subject: "Good" },
        { subject: "Bad", status: "Doen", assigned_to: "carol" },
        { kind: "task", subject: "Bad", parent: "#9", points: { Back: "3" } },
      ],
    });
    await expect(call).rejects.toThrow(
      /items\[1\]\.status[^]*items\[1\]\.assigned_to[^]*items\[2\]\.parent[^]*items\[2\]\.points/,
    );
    expect(bench.double.items.userstory).toEqual([]);
  });

  it("refuses misspelt fields, which it would otherwise lose in silence", async () => {
    const { call } = createBench();
    const create = (item: object) => call(createItems, { items: [item] });
    await expect(create({ subject: "S", asignee: "bob" })).rejects.toThrow("asignee");
    await expect(create({ subject: "S", tasks: [{ subject: "T", sprint: "x" }] })).rejects.toThrow(
      "sprint",
    );
    await expect(create({ subject: "two\nlines" })).rejects.toThrow("one line");
  });

  it("shows a dry run by name and writes nothing", async () => {
    const bench = createBench();
    const { data } = await bench.call(createItems, {
      items: [{ subject: "S", sprint: "next", assigned_to: ["me"], tasks: [{ subject: "T" }] }],
      dry_run: true,
    });
    expect(data.items).toMatchObject([
      { outcome: "would_create", fields: { sprint: "Sprint 3", assigned_to: "@bob" } },
      { outcome: "would_create", subject: "T" },
    ]);
    expect(bench.asked()).toEqual([]);
  });

  it("needs the permission in the item's project, and a project that can be written", async () => {
    const double = createTaigaDouble([
      projectOf(1, "alpha-one", { my_permissions: ["add_task"] }),
      projectOf(2, "old-one", { archived_code: "archived" }),
    ]);
    const { call } = createBench({ double });
    const create = (project: string) => call(createItems, { project, items: [{ subject: "S" }] });
    await expect(create("alpha-one")).rejects.toThrow("add_us");
    await expect(create("old-one")).rejects.toThrow("archived");
  });
});

describe("create_items with an idempotency key", () => {
  it("answers a repetition with the first result and asks Taiga nothing", async () => {
    const bench = createBench();
    const input = { items: [{ subject: "A", status: "Done" }], idempotency_key: key };
    const first = await bench.call(createItems, input);
    bench.asked();
    bench.double.projects[0]!.us_statuses = [];
    bench.clock.now += 3_600;
    const again = await bench.call(createItems, input);
    expect(again.data).toEqual({ ...first.data, repeated: true });
    expect(bench.double.items.userstory).toHaveLength(1);
    expect(bench.asked()).toEqual([]);
  });

  it("refuses other arguments under the same key", async () => {
    const { call } = createBench();
    await call(createItems, { items: [{ subject: "A" }], idempotency_key: key });
    await expect(
      call(createItems, { items: [{ subject: "B" }], idempotency_key: key }),
    ).rejects.toMatchObject({ code: "idempotency_mismatch" });
  });

  it("tries failed items again and leaves made ones alone", async () => {
    const bench = createBench();
    let creations = 0;
    bench.double.before = (call) => {
      if (call === "userStories.create" && (creations += 1) === 2) {
        throw new TaigaError("validation_failed", "subject: bad luck");
      }
    };
    const items = ["A", "B", "C"].map((subject) => ({ subject, tags: [subject] }));
    const first = await bench.call(createItems, { items, idempotency_key: key });
    expect(outcomes(first.data)).toEqual(["created", "failed", "created"]);
    const second = await bench.call(createItems, { items, idempotency_key: key });
    expect(outcomes(second.data)).toEqual(["created", "created", "created"]);
    expect(bench.double.items.userstory.map(({ subject }) => subject)).toEqual(["A", "C", "B"]);
  });

  it("never makes again what may have been made, and says how to check", async () => {
    const bench = createBench();
    bench.double.before = (call) => {
      if (call === "userStories.create") {
        throw new TaigaError("unavailable", "no answer", { outcomeUnknown: true });
      }
    };
    const input = {
      items: [{ subject: "A", tags: ["x"] }, { subject: "B" }],
      idempotency_key: key,
    };
    const first = await bench.call(createItems, input);
    expect(outcomes(first.data)).toEqual(["unknown", "not_attempted"]);
    bench.double.before = () => {};
    const second = await bench.call(createItems, input);
    expect(outcomes(second.data)).toEqual(["unknown", "created"]);
    expect(second.data.items[0].error).toContain("find_items");
    expect(bench.double.items.userstory.map(({ subject }) => subject)).toEqual(["B"]);
  });

  it("lets a corrected call use the key of one that was refused before it began", async () => {
    const bench = createBench();
    const create = (status: string) =>
      bench.call(createItems, { items: [{ subject: "A", status }], idempotency_key: key });
    await expect(create("Doen")).rejects.toMatchObject({ code: "not_found" });
    expect(outcomes((await create("Done")).data)).toEqual(["created"]);
  });
});

describe("create_items of issues and epics", () => {
  it("makes an issue by names, and plain issues and epics together", async () => {
    const bench = createBench();
    await bench.call(createItems, {
      items: [
        { kind: "issue", subject: "I", type: "Question", severity: "critical", sprint: "current" },
        ...["A", "B"].map((subject) => ({ kind: "issue", subject })),
        ...["C", "D"].map((subject) => ({ kind: "epic", subject })),
      ],
    });
    expect(bench.asked()).toEqual(["issues.create", "issues.bulkCreate", "epics.bulkCreate"]);
    expect(bench.double.items.issue[0]).toMatchObject({ type: 2, severity: 2, milestone: 2 });
  });

  it("puts a new story into its epics, and stories into a new epic", async () => {
    const bench = createBench();
    const epic = bench.double.add("epic");
    const story = bench.double.add("userstory");
    const { data } = await bench.call(createItems, {
      items: [
        { subject: "S", epic: ["#1"] },
        { subject: "T", epic: "#1" },
        { kind: "epic", subject: "E", stories: ["#2"] },
      ],
    });
    expect(outcomes(data)).toEqual(["created", "created", "created"]);
    const [, first, second] = bench.double.items.userstory;
    expect(bench.double.links).toEqual([
      { epic: epic.id, user_story: first!.id },
      { epic: epic.id, user_story: second!.id },
      { epic: bench.double.items.epic[1]!.id, user_story: story.id },
    ]);
    // One request makes both stories; links are made one by one in any case.
    expect(bench.asked().filter((call) => call.startsWith("userStories"))).toEqual([
      "userStories.bulkCreate",
    ]);
  });

  it("tells a link that failed, and makes only that when the call is repeated", async () => {
    const bench = createBench();
    bench.double.add("epic");
    bench.double.add("epic");
    let links = 0;
    bench.double.before = (call) => {
      if (call === "epics.addStory" && (links += 1) === 2) {
        throw new TaigaError("validation_failed", "bad luck");
      }
    };
    const input = { items: [{ subject: "S", epic: ["#1", "#2"] }], idempotency_key: key };
    const first = await bench.call(createItems, input);
    expect(first.data.items[0].note).toContain("#2 was not linked: validation_failed");
    bench.asked();
    const second = await bench.call(createItems, input);
    expect(second.data.items[0].note).toBeUndefined();
    expect(bench.double.items.userstory).toHaveLength(1);
    expect(bench.asked()).toEqual(["epics.addStory"]);
  });

  it("refuses what the kind does not have before anything is written", async () => {
    const bench = createBench();
    const create = (item: object) => bench.call(createItems, { items: [item] });
    await expect(
      create({ kind: "issue", subject: "I", tasks: [{ subject: "T" }] }),
    ).rejects.toThrow("only a story has tasks");
    await expect(create({ kind: "epic", subject: "E", color: "red" })).rejects.toThrow("#rrggbb");
    await expect(create({ subject: "S", tasks: [{ subject: "T", epic: ["#1"] }] })).rejects.toThrow(
      "epic",
    );
  });
});
