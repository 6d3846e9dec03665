import { describe, expect, it } from "vitest";
import { toBurndownChart } from "../../src/sprints/burndown.ts";

describe("toBurndownChart", () => {
  it("draws a row a day: what is open, and where it should end", () => {
    const chart = toBurndownChart([
      { day: "2026-11-16", open: 30, ideal: 30 },
      { day: "2026-11-17", open: 24, ideal: 15 },
      { day: "2026-11-18", open: 6, ideal: 15 },
      { day: "2026-11-19", ideal: 0 },
    ]);
    expect(chart.split("\n")).toEqual([
      `11-16    30 ${"#".repeat(30)}|`,
      `11-17    24 ${"#".repeat(15)}|${"#".repeat(8)}`,
      `11-18     6 ${"#".repeat(6)}${" ".repeat(9)}|`,
      "11-19       |",
    ]);
  });

  it("shows a long sprint in at most 31 rows, the last day among them", () => {
    const days = Array.from({ length: 90 }, (_, index) => ({
      day: `day-of-${String(index).padStart(2, "0")}`,
      open: 90 - index,
      ideal: 90 - index,
    }));
    const rows = toBurndownChart(days).split("\n");
    expect(rows.length).toBeLessThanOrEqual(31);
    expect(rows.at(-1)).toContain("89");
  });
});
