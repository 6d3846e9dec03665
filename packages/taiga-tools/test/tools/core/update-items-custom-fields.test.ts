import { describe, expect, it } from "vitest";
import updateItems from "../../../src/tools/core/update-items.ts";
import { createBench } from "../../support/tool-context.ts";

describe("update_items of custom fields", () => {
  it("merges into the whole map that Taiga replaces", async () => {
    const bench = createBench();
    const story = bench.taiga.add("userstory");
    bench.taiga.setCustomFields(story, { 1: "ACME" }, 4);
    const { data } = await bench.call(updateItems, {
      items: ["#1"],
      set: { custom_fields: { severity: "high" } },
    });
    expect(bench.taiga.customFields(story)).toEqual({
      1: "ACME",
      2: "high",
    });
    expect(data.items[0]).toMatchObject({
      outcome: "updated",
      version: expect.stringMatching(/^1-5\./),
    });
    expect(bench.asked()).toEqual([
      "GET /resolver",
      "GET /userstories/101",
      "GET /userstories/custom-attributes-values/101",
      "PATCH /userstories/custom-attributes-values/101",
      "GET /userstories/custom-attributes-values/101",
    ]);
  });

  it("compares them itself, because Taiga never does", async () => {
    const bench = createBench();
    const story = bench.taiga.add("userstory");
    bench.taiga.setCustomFields(story, { 1: "Old" }, 4);
    await bench.taiga.connect("alice").customAttributeValues.update("userstory", story.id, {
      attributes_values: { 1: "Theirs" },
      version: 4,
    });
    const set = (custom_fields: object) =>
      bench.call(updateItems, {
        items: [{ ref: "#1", version: "1-4" }],
        set: { custom_fields, subject: "Mine" },
      });
    const { data } = await set({ Customer: "Mine" });
    expect(data.items[0]).toMatchObject({
      outcome: "conflict",
      conflicts: [{ field: "custom_fields", by: "alice", theirs: "Customer = Theirs" }],
    });
    expect(story.subject).toBe("Subject 1");
    expect((await set({ Severity: "low" })).data.items[0].outcome).toBe("updated");
  });
});
