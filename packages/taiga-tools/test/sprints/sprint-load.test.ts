// What get_sprint tells about who has to do what.
import { describe, expect, it } from "vitest";
import getSprint from "../../src/tools/core/get-sprint.ts";
import { createBench } from "../support/tool-context.ts";

describe("get_sprint", () => {
  // @rule TAIGA-12
  it("shows all assignees of a story, its due date, that it is overdue, and why it is blocked", async () => {
    const bench = createBench();
    bench.taiga.add("userstory", {
      milestone: 2,
      assigned_to: 6,
      assigned_users: [6, 7],
      due_date: "2026-11-19",
      is_blocked: true,
      blocked_note: "waits for the bell",
    });
    const { data, text } = await bench.call(getSprint, { include: ["stories"] });
    expect(data["stories"]).toMatchObject([
      { assigned_to: ["alice", "bob"], due_date: "2026-11-19", overdue: true },
    ]);
    expect(text).toContain(
      "#1 story Subject 1 | New | @alice @bob | due 2026-11-19 OVERDUE | BLOCKED: waits for the bell",
    );
  });
});
