import { describe, expect, test } from "vitest";
import { createSandbox, generateSeed } from "../../src/index.ts";

const SIZE = { stories: 120, issues: 40, tasksPerStory: 1 };

const build = (start?: number) =>
  createSandbox({
    clock: () => new Date("2026-11-30T12:00:00Z"),
    secret: "a secret of the tests, long enough",
    seed: generateSeed(SIZE, start),
  });

describe("a generated seed", () => {
  // @rule SBX-GENERATED
  test("is the same for the same arguments, and another for another start", () => {
    const once = JSON.stringify(build().state);
    expect(JSON.stringify(build().state)).toBe(once);
    expect(JSON.stringify(build(2).state)).not.toBe(once);
  });

  test("has as many items as asked for, half of the stories in sprints", () => {
    const { state } = build();
    expect([state.userstories.length, state.tasks.length, state.issues.length]).toEqual([
      120, 120, 40,
    ]);
    expect(state.userstories.filter((story) => story.milestone !== null)).toHaveLength(50);
  });

  test("pages through with every item once", async () => {
    const sandbox = build();
    const { auth_token } = await sandbox.issueTokens("ada");
    const headers = { authorization: `Bearer ${auth_token}` };
    const refs: number[] = [];
    for (const page of [1, 2, 3]) {
      const path = `/api/v1/userstories?project=1&page_size=50&page=${page}`;
      const { text } = await sandbox.handle({ method: "GET", path, headers });
      refs.push(...(JSON.parse(text) as { ref: number }[]).map((story) => story.ref));
    }
    expect(new Set(refs).size).toBe(120);
  });
});
