// Comments as they are now, and who did what to whom.
import { describe, expect, it } from "vitest";
import getActivity from "../../src/tools/core/get-activity.ts";
import getItems from "../../src/tools/core/get-items.ts";
import { createSandboxTransport } from "../support/sandbox-transport.ts";
import { type Taiga } from "../support/taiga.ts";
import { type Bench, createBench } from "../support/tool-context.ts";

/** What can be done to a comment after it was written. */
const revise = (taiga: Taiga, story: { id: number }, action: string, body?: object) =>
  createSandboxTransport(taiga.sandbox, "alice").send({
    method: "POST",
    path: `/history/userstory/${story.id}/${action}`,
    query: `id=${taiga.state.history.at(-1)!.id}`,
    headers: body === undefined ? {} : { "Content-Type": "application/json" },
    body: body && JSON.stringify(body),
    signal: undefined,
  });

/** A story with one comment, an hour later. */
function startWithComment(fields: object = {}) {
  const bench = createBench();
  const story = bench.taiga.add("userstory");
  bench.taiga.change(story, { comment: "the first wording", ...fields });
  bench.clock.now += 3600;
  return { bench, story };
}

async function readComments(bench: Bench): Promise<string[]> {
  bench.taiga.forgetRequests();
  const project = await bench.call(getActivity, { project: "alpha-one" });
  const person = await bench.call(getActivity, { project: "alpha-one", person: "alice" });
  const comments = ({ data }: { data: Record<string, any> }) =>
    data["events"].flatMap(({ comment }: { comment?: string }) => comment ?? []) as string[];
  expect(comments(person)).toEqual(comments(project));
  expect(person.text).not.toContain("undefined");
  return comments(project);
}

describe("get_activity", () => {
  // @rule TAIGA-13
  it("does not bring back a deleted comment", async () => {
    const { bench, story } = startWithComment({ status: 2 });
    await revise(bench.taiga, story, "delete_comment");
    expect(await readComments(bench)).toEqual([]);
    const { text } = await bench.call(getActivity, { project: "alpha-one" });
    expect(text.match(/status: New → In progress/g)).toHaveLength(1);
    await revise(bench.taiga, story, "undelete_comment");
    expect(await readComments(bench)).toEqual(["the first wording"]);
  });

  // @rule TAIGA-13
  it("shows the last wording of a comment only", async () => {
    const { bench, story } = startWithComment();
    await revise(bench.taiga, story, "edit_comment", { comment: "the second wording" });
    await revise(bench.taiga, story, "edit_comment", { comment: "the last wording" });
    expect(await readComments(bench)).toEqual(["the last wording"]);
    await revise(bench.taiga, story, "delete_comment");
    expect(await readComments(bench)).toEqual([]);
  });

  // @rule TAIGA-13
  it("does not take a date that was set to what it was for a change", async () => {
    const { bench, story } = startWithComment();
    const [event] = bench.taiga.state.timeline.slice(-1);
    const same = { due_date: ["2026-11-25", "2026-11-25"] };
    Object.assign(event!.change!, { comment: "", values_diff: same });
    Object.assign(bench.taiga.state.history.at(-1)!, {
      comment: "",
      diff: same,
      values_diff: same,
    });
    const { text } = await bench.call(getActivity, { project: "alpha-one" });
    expect(text).not.toContain("due_date");
    const details = await bench.call(getItems, { refs: [`#${story.ref}`], include: ["history"] });
    expect(details.text).toContain("history: none");
  });

  // @rule TAIGA-13
  it("does not say that a member removed themselves", async () => {
    const { bench } = startWithComment();
    const { state } = bench.taiga;
    const event = { ...state.timeline.at(-1)!, change: null, user: 8, people: [8] };
    const about = { role: { id: 1, name: "Back" } };
    for (const [index, action] of (["create", "delete"] as const).entries()) {
      const created = `2026-11-20T13:0${index}:00Z`;
      state.timeline.push({
        ...event,
        id: 900 + index,
        kind: "membership",
        action,
        about,
        created,
      });
    }
    const { data, text } = await bench.call(getActivity, { project: "alpha-one", limit: 2 });
    expect(text).toContain("@carol left the project or was removed from it (Back)");
    expect(text).toContain("@carol joined the project (Back)");
    for (const entry of data["events"]) expect(entry).not.toHaveProperty("by");
  });
});
