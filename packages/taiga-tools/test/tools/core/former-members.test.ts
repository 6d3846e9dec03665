// People who have left a project are found by the name that its items still show.
import { describe, expect, it } from "vitest";
import findItems from "../../../src/tools/core/find-items.ts";
import getActivity from "../../../src/tools/core/get-activity.ts";
import getItems from "../../../src/tools/core/get-items.ts";
import updateItems from "../../../src/tools/core/update-items.ts";
import { createTaiga } from "../../support/taiga.ts";
import { projectOf } from "../../support/taiga-seed.ts";
import { createBench, refs } from "../../support/tool-context.ts";

const CAROL = 8;

/** Carol shared a story, wrote a wiki page and followed, and then left. */
function startAfterCarol() {
  const carol: [string, string, [number, string]] = ["carol", "Front", [-200, "09:00"]];
  const seed = projectOf("alpha-one");
  const taiga = createTaiga([{ ...seed, members: [...(seed.members ?? []), carol] }]);
  const story = taiga.add("userstory", {
    assigned_to: 7,
    assigned_users: [7, CAROL],
    watchers: [CAROL],
  });
  taiga.add("userstory", { assigned_to: 7 });
  taiga.sandbox.as("carol").add("wiki", { slug: "home" });
  taiga.change(story, { assigned_users: [7] });
  taiga.change(story, { assigned_users: [7, CAROL] });
  const { memberships } = taiga.state;
  memberships.splice(
    memberships.findIndex(({ user }) => user === CAROL),
    1,
  );
  return { bench: createBench({ taiga }), story };
}

describe("a person who left the project", () => {
  // @rule TAIGA-12
  it("is named by rows, details and history, and asked for once", async () => {
    const { bench } = startAfterCarol();
    const found = await bench.call(findItems, { project: "alpha-one", order: "created" });
    expect(found.data["items"][0].assigned_to).toEqual(["bob", "carol"]);
    const include = ["followers", "history"];
    const { text } = await bench.call(getItems, { project: "alpha-one", refs: ["#1"], include });
    expect(text).toContain("followers: @carol");
    expect(text).toMatch(/assigned_to: .*carol → bob/);
    const page = await bench.call(getItems, { project: "alpha-one", refs: ["wiki:home"] });
    expect(page.text).toContain("by @carol");
    for (const answer of [found, { text }, page]) expect(answer.text).not.toContain("user 8");
    expect(bench.asked().filter((request) => request === `GET /users/${CAROL}`)).toHaveLength(1);
  });

  // @rule TAIGA-12
  it("can be searched for, by the name that rows show", async () => {
    const { bench } = startAfterCarol();
    for (const name of ["carol", "@carol"]) {
      const { data } = await bench.call(findItems, { project: "alpha-one", assigned_to: [name] });
      expect(refs(data)).toEqual(["#1"]);
    }
    const everywhere = await bench.call(findItems, { watchers: ["carol"] });
    expect(refs(everywhere.data)).toEqual(["alpha-one#1"]);
    const { data } = await bench.call(getActivity, { project: "alpha-one", person: "carol" });
    expect(data["events"]).not.toEqual([]);
    await expect(
      bench.call(findItems, { project: "alpha-one", assigned_to: ["carl"] }),
    ).rejects.toThrow("there is no `carl`");
  });

  // @rule TAIGA-12
  it("cannot be given work", async () => {
    const { bench } = startAfterCarol();
    const set = { assigned_to: ["carol"] };
    const call = bench.call(updateItems, { project: "alpha-one", items: [{ ref: "#2", ...set }] });
    await expect(call).rejects.toThrow("carol");
  });
});

describe("a search by assignee", () => {
  // @rule TAIGA-12
  it("finds shared stories and those of nobody with one request", async () => {
    const bench = createBench();
    bench.taiga.add("userstory", { assigned_to: 6, assigned_users: [6, 7] });
    bench.taiga.add("userstory", { assigned_to: 6 });
    bench.taiga.add("userstory");
    const find = async (input: object) =>
      refs(
        (await bench.call(findItems, { project: "alpha-one", order: "created", ...input })).data,
      );
    expect(await find({ assigned_to: ["nobody", "bob"] })).toEqual(["#1", "#3"]);
    expect(await find({ assigned_to: ["nobody"] })).toEqual(["#3"]);
    expect(await find({ assigned_to: ["!nobody"] })).toEqual(["#1", "#2"]);
    expect(await find({ assigned_to: ["!nobody", "!bob"] })).toEqual(["#2"]);
    expect(bench.asked()).toHaveLength(4);
  });
});
