import { describe, expect, it } from "vitest";
import createItems from "../../../src/tools/core/create-items.ts";
import { INVALID } from "../../support/taiga.ts";
import { createBench, outcomes } from "../../support/tool-context.ts";

const key = "meeting-2026-11-20";

describe("create_items with an idempotency key", () => {
  it("answers a repetition with the first result and asks Taiga nothing", async () => {
    const bench = createBench();
    const input = { items: [{ subject: "A", status: "Done" }], idempotency_key: key };
    const first = await bench.call(createItems, input);
    bench.asked();
    bench.taiga.state.storyStatuses = [];
    bench.clock.now += 3_600;
    const again = await bench.call(createItems, input);
    expect(again.data).toEqual({ ...first.data, repeated: true });
    expect(bench.taiga.state.userstories).toHaveLength(1);
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
    bench.taiga.before((request) => {
      const isSecond = request === "POST /userstories" && (creations += 1) === 2;
      return isSecond ? INVALID : undefined;
    });
    const items = ["A", "B", "C"].map((subject) => ({ subject, tags: [subject] }));
    const first = await bench.call(createItems, { items, idempotency_key: key });
    expect(outcomes(first.data)).toEqual(["created", "failed", "created"]);
    const second = await bench.call(createItems, { items, idempotency_key: key });
    expect(outcomes(second.data)).toEqual(["created", "created", "created"]);
    expect(bench.taiga.state.userstories.map(({ subject }) => subject)).toEqual(["A", "C", "B"]);
  });

  // @rule TAIGA-2
  it.each([
    ["reset", ["B"]],
    ["lost", ["A", "B"]],
  ] as const)(
    "never makes again what may have been made (%s), and says how to check",
    async (failure, made) => {
      const bench = createBench();
      bench.taiga.before((request) => (request === "POST /userstories" ? failure : undefined));
      const input = {
        items: [{ subject: "A", tags: ["x"] }, { subject: "B" }],
        idempotency_key: key,
      };
      const first = await bench.call(createItems, input);
      expect(outcomes(first.data)).toEqual(["unknown", "not_attempted"]);
      bench.taiga.before(undefined);
      const second = await bench.call(createItems, input);
      expect(outcomes(second.data)).toEqual(["unknown", "created"]);
      expect(second.data.items[0].error).toContain("find_items");
      expect(bench.taiga.state.userstories.map(({ subject }) => subject)).toEqual(made);
    },
  );

  it("lets a corrected call use the key of one that was refused before it began", async () => {
    const bench = createBench();
    const create = (status: string) =>
      bench.call(createItems, { items: [{ subject: "A", status }], idempotency_key: key });
    await expect(create("Doen")).rejects.toMatchObject({ code: "not_found" });
    expect(outcomes((await create("Done")).data)).toEqual(["created"]);
  });
});
