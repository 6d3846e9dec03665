import { describe, expect, it } from "vitest";
import listFollowers from "../../../src/tools/social/list-followers.ts";
import setLike from "../../../src/tools/social/set-like.ts";
import setVote from "../../../src/tools/social/set-vote.ts";
import setWatching from "../../../src/tools/social/set-watching.ts";
import { INVALID } from "../../support/taiga.ts";
import { createBench, outcomes } from "../../support/tool-context.ts";

function open() {
  const bench = createBench();
  bench.taiga.add("userstory");
  bench.taiga.add("issue");
  bench.taiga.add("wiki", { slug: "home" });
  return bench;
}

describe.each([
  [setWatching, "watching", "watchers", ["watching", "not_watching"]],
  [setVote, "vote", "voters", ["voted", "vote_withdrawn"]],
] as const)("%o", (tool, field, people, [began, ended]) => {
  it("begins and ends it for the caller, however often it is asked", async () => {
    const { call } = open();
    const refs = ["#1", "#2", 1];
    const followers = async () =>
      (await call(listFollowers, { refs: ["#1", "#2"] })).data.items.map(
        (item: Record<string, string[]>) => item[people],
      );
    const before = await followers();
    expect(outcomes((await call(tool, { refs })).data)).toEqual([began, began]);
    expect(outcomes((await call(tool, { refs })).data)).toEqual([began, began]);
    for (const list of await followers()) expect(list).toContain("bob");
    expect(outcomes((await call(tool, { refs, [field]: false })).data)).toEqual([ended, ended]);
    expect(await followers()).toEqual(before);
  });

  it("writes nothing in a dry run, nor when one reference is wrong", async () => {
    const { call, asked } = open();
    const { data } = await call(tool, { refs: ["#1"], dry_run: true });
    expect(outcomes(data)).toEqual([`would_be_${began}`]);
    await expect(call(tool, { refs: ["#1", "#99"] })).rejects.toMatchObject({ code: "not_found" });
    expect(asked().filter((request) => !request.startsWith("GET "))).toEqual([]);
  });

  it("reports each failure beside what succeeded", async () => {
    const { call, taiga } = open();
    taiga.before((request) => (request.startsWith("POST /issues") ? INVALID : undefined));
    expect(outcomes((await call(tool, { refs: ["#1", "#2"] })).data)).toEqual([began, "failed"]);
  });
});

it("wiki pages can be watched, but have no votes", async () => {
  const { call } = open();
  expect(outcomes((await call(setWatching, { refs: ["wiki:home"] })).data)).toEqual(["watching"]);
  await expect(call(setVote, { refs: ["wiki:home"] })).rejects.toMatchObject({
    code: "invalid_argument",
  });
  const { data } = await call(listFollowers, { refs: ["wiki:home"] });
  expect(data.items).toEqual([{ ref: "wiki:home", watchers: ["bob"] }]);
});

it("a project can be liked, and says who watches and likes it", async () => {
  const { call } = open();
  expect(outcomes((await call(setLike, { projects: "alpha-one" })).data)).toEqual(["liked"]);
  const { data, text } = await call(listFollowers, {});
  expect(data.items).toEqual([expect.objectContaining({ ref: "alpha-one", fans: ["bob"] })]);
  expect(text).toContain("like it: @bob");
  await call(setLike, { projects: ["alpha-one"], like: "false" });
  expect((await call(listFollowers, {})).data.items[0].fans).toEqual([]);
});
