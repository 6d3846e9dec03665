import { describe, expect, it } from "vitest";
import updateItems from "../../../src/tools/core/update-items.ts";
import { createBench } from "../../support/tool-context.ts";

describe("update_items of custom fields", () => {
  it("merges into the whole map that Taiga replaces", async () => {
    const bench = createBench();
    const story = bench.double.add("userstory");
    bench.double.custom.set(String(story.id), { attributes_values: { 1: "ACME" }, version: 4 });
    const { data } = await bench.call(updateItems, {
      items: ["#1"],
      set: { custom_fields: { severity: "high" } },
    });
    expect(bench.double.custom.get(String(story.id))?.attributes_values).toEqual({
      1: "ACME",
      2: "high",
    });
    expect(data.items[0]).toMatchObject({ outcome: "updated", version: "1-5" });
    expect(bench.asked()).toEqual([
      "resolver.resolve",
      "userStories.getById",
      "custom.get",
      "custom.update",
    ]);
  });

  it("compares them itself, because Taiga never does", async () => {
    const bench = createBench();
    const story = bench.double.add("userstory");
    const field = (value: string) => [{ id: 1, name: "Customer", value }];
    bench.double.custom.set(String(story.id), { attributes_values: { 1: "Theirs" }, version: 5 });
    bench.double.change(story, {});
    story.version = 1;
    bench.double.history.get(String(story.id))![0]!.diff = {
      custom_attributes: [field("Old"), field("Theirs")],
    };
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
