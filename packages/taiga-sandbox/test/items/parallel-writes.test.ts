// Two requests that have read a row before either of them writes it, as in Taiga's worker processes.
// Observed on Taiga 6.10 (observed-2.json, par_disjoint_*).
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { WAIT_MS } from "../../../../tests/support/time-limits.ts";
import { type Answer, type Api, startApi } from "../support/api.ts";
import type { View } from "../support/view.ts";

let api: Api;
beforeEach(async () => {
  api = await startApi({ seed: "demo" });
});
afterEach(() => api.close());

/** Sends requests so that all have read before the first one writes; they write in this order. */
async function writeTogether(...calls: (() => Promise<Answer>)[]): Promise<Answer[]> {
  const { control } = api.sandbox;
  const waiting: (() => void)[] = [];
  control.beforeSave = () => new Promise((resolve) => waiting.push(resolve));
  const answers: Promise<Answer>[] = [];
  for (const call of calls) {
    answers.push(call());
    await vi.waitUntil(() => waiting.length === answers.length, { timeout: WAIT_MS });
  }
  for (const [index, write] of waiting.entries()) {
    write();
    await answers[index];
  }
  return Promise.all(answers);
}

const patch = (as: string, path: string, body: object) => (): Promise<Answer> =>
  api.call(`PATCH ${path}`, { as, body });

const story = () => api.sandbox.state.userstories[0]!;

describe("parallel PATCHes of different fields", () => {
  // @rule TAIGA-4
  it("both succeed, and the later one restores what the earlier one has changed", async () => {
    const { id, version, subject } = story();
    const answers = await writeTogether(
      patch("alice", `/userstories/${id}`, { subject: "by alice", version }),
      patch("bob", `/userstories/${id}`, { description: "by bob", version }),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(answers.map(({ body }) => body.version)).toEqual([version + 1, version + 2]);
    expect(story()).toMatchObject({ subject, description: "by bob", version: version + 2 });
    const { body } = await api.call<View[]>(`GET /history/userstory/${id}`, { as: "alice" });
    expect(body[0]).toMatchObject({
      user: { username: "bob" },
      diff: { subject: ["by alice", subject] },
    });
  });

  it("keep both comments", async () => {
    const { id, version } = story();
    await writeTogether(
      patch("alice", `/userstories/${id}`, { comment: "by alice", version }),
      patch("bob", `/userstories/${id}`, { comment: "by bob", version }),
    );
    const { body } = await api.call<View[]>(`GET /history/userstory/${id}?type=comment`, {
      as: "alice",
    });
    expect(body).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ comment: "by alice" }),
        expect.objectContaining({ comment: "by bob" }),
      ]),
    );
  });
});

it("a new tag vanishes from the project's list when another is made at the same moment", async () => {
  const [one, other] = api.sandbox.state.userstories.filter(
    (row) => row.project === story().project,
  );
  await writeTogether(
    patch("alice", `/userstories/${one!.id}`, { tags: ["new-one"], version: one!.version }),
    patch("bob", `/userstories/${other!.id}`, { tags: ["new-other"], version: other!.version }),
  );
  const project = api.sandbox.state.projects.find(({ id }) => id === story().project)!;
  const made = Object.keys(project.tags_colors).filter((tag) => tag.startsWith("new-"));
  expect(made).toEqual(["new-other"]);
  expect([one!.tags, other!.tags]).toEqual([["new-one"], ["new-other"]]);
});

it("the sprint's other fields are written back, too", async () => {
  const { id, name } = api.sandbox.state.milestones[0]!;
  await writeTogether(
    patch("alice", `/milestones/${id}`, { name: "Renamed" }),
    patch("alice", `/milestones/${id}`, { estimated_finish: "2027-01-31" }),
  );
  const sprint = api.sandbox.state.milestones.find((row) => row.id === id)!;
  expect(sprint).toMatchObject({ name, estimated_finish: "2027-01-31" });
});
