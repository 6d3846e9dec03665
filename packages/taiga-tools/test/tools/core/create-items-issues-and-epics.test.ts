import { describe, expect, it } from "vitest";
import createItems from "../../../src/tools/core/create-items.ts";
import { INVALID } from "../../support/taiga.ts";
import { createBench, outcomes } from "../../support/tool-context.ts";

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
    expect(bench.asked()).toEqual([
      "POST /issues",
      "POST /issues/bulk_create",
      "POST /epics/bulk_create",
    ]);
    expect(bench.taiga.state.issues[0]).toMatchObject({ type: 2, severity: 2, milestone: 2 });
  });

  it("puts a new story into its epics, and stories into a new epic", async () => {
    const bench = createBench();
    const epic = bench.taiga.add("epic");
    const story = bench.taiga.add("userstory");
    const { data } = await bench.call(createItems, {
      items: [
        { subject: "S", epic: ["#1"] },
        { subject: "T", epic: "#1" },
        { kind: "epic", subject: "E", stories: ["#2"] },
      ],
    });
    expect(outcomes(data)).toEqual(["created", "created", "created"]);
    const [, first, second] = bench.taiga.state.userstories;
    expect(bench.taiga.links()).toEqual([
      { epic: epic.id, user_story: first!.id },
      { epic: epic.id, user_story: second!.id },
      { epic: bench.taiga.state.epics[1]!.id, user_story: story.id },
    ]);
    // One request makes both stories; links are made one by one in any case.
    expect(bench.asked().filter((request) => request.includes(" /userstories"))).toEqual([
      "POST /userstories/bulk_create",
    ]);
  });

  it("tells a link that failed, and makes only that when the call is repeated", async () => {
    const bench = createBench();
    bench.taiga.add("epic");
    bench.taiga.add("epic");
    let links = 0;
    bench.taiga.before((request) => {
      const isSecond = request.endsWith("/related_userstories") && (links += 1) === 2;
      return isSecond ? INVALID : undefined;
    });
    const input = {
      items: [{ subject: "S", epic: ["#1", "#2"] }],
      idempotency_key: "meeting-2026-11-20",
    };
    const first = await bench.call(createItems, input);
    expect(first.data.items[0].note).toContain("#2 was not linked: validation_failed");
    bench.asked();
    const second = await bench.call(createItems, input);
    expect(second.data.items[0].note).toBeUndefined();
    expect(bench.taiga.state.userstories).toHaveLength(1);
    expect(bench.asked()).toEqual(["POST /epics/402/related_userstories"]);
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
