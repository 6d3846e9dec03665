import { createTaigaClient } from "@taiga-mcp/taiga-client";
import { describe, expect, it } from "vitest";
import getActivity from "../../../src/tools/core/get-activity.ts";
import { createSandboxTransport } from "../../support/sandbox-transport.ts";
import { createTaiga, type Taiga } from "../../support/taiga.ts";
import { projectOf } from "../../support/taiga-seed.ts";
import { createBench } from "../../support/tool-context.ts";

const at = (minute: number) => `2026-11-20T10:${String(minute).padStart(2, "0")}:00Z`;
const texts = (data: Record<string, any>) =>
  data.events.map(({ at: when }: { at: string }) => when);

/** Lets something happen at a time of its own. */
async function happen(
  { clock }: Taiga,
  moment: string | number,
  what: () => unknown,
): Promise<void> {
  const { now } = clock;
  clock.now = typeof moment === "number" ? moment : Date.parse(moment) / 1000;
  await what();
  clock.now = now;
}

/** Nothing has happened yet. */
const forgetEvents = ({ state }: Taiga) => state.timeline.splice(0);

describe("get_activity", () => {
  it("tells who did what to what, in people's words, with one request, and one for an epic's story", async () => {
    const bench = createBench();
    const { taiga } = bench;
    const alice = taiga.connect("alice");
    const story = taiga.add("userstory", { subject: "Ring the bell" });
    const gone = taiga.add("userstory", { subject: "Ring twice" });
    const epic = taiga.add("epic", { ref: 9 });
    const page = taiga.add("wiki", { slug: "home" });
    taiga.change(story, { comment: "gone" });
    const comment = taiga.state.history.at(-1)!.id;
    taiga.setCustomFields(story, { 1: "6" }, 1);
    forgetEvents(taiga);

    await happen(taiga, at(4), () => taiga.remove(gone));
    await happen(taiga, at(6), () =>
      createSandboxTransport(taiga.sandbox, "alice").send({
        method: "POST",
        path: `/history/userstory/${story.id}/delete_comment`,
        query: `id=${comment}`,
        headers: {},
        body: undefined,
        signal: undefined,
      }),
    );
    expect(taiga.state.timeline.at(-1)?.change).toMatchObject({ comment_deleted: true });
    await happen(taiga, at(7), () =>
      taiga.change(story, { points: { 1: 2 }, status: 2, comment: "Done\n@bob" }),
    );
    expect(taiga.state.timeline.at(-1)?.change?.values_diff).toHaveProperty("kanban_order");
    // Taiga leaves out what is a move on a board alone; the tool does not rely on it.
    const move = structuredClone(taiga.state.timeline.at(-1)!);
    Object.assign(move.change!, { comment: "", values_diff: { backlog_order: [1, 2] } });
    taiga.state.timeline.push({ ...move, id: 999, created: at(5) });
    await happen(taiga, at(8), () =>
      alice.customAttributeValues.update("userstory", story.id, {
        attributes_values: { 1: "7" },
        version: 1,
      }),
    );
    await happen(taiga, at(9), () => taiga.change(page, { content: "x" }));
    await happen(taiga, at(10), () => taiga.link(epic, story));

    const { text } = await bench.call(getActivity, {});
    expect(text.split("\n").slice(2, -1)).toEqual([
      "2026-11-20 10:10 @alice added to epic #9: story #1 Ring the bell",
      "2026-11-20 10:09 @alice changed wiki page wiki:home | content",
      "2026-11-20 10:08 @alice changed story #1 Ring the bell | custom_fields: Customer 6 → 7",
      '2026-11-20 10:07 @alice changed story #1 Ring the bell | status: New → In progress | points: Back ? → 3 | "Done @bob"',
      "2026-11-20 10:04 @alice deleted story #2 Ring twice",
    ]);
    expect(bench.asked()).toEqual(["GET /timeline/project/1", "GET /userstories/101"]);
  });

  it("tells an event once that Taiga tells a person several times", async () => {
    const bench = createBench();
    const { taiga } = bench;
    // Taiga tells it to each of the three whom it concerns.
    const story = taiga.add("userstory", { watchers: [7, 9] });
    forgetEvents(taiga);
    const bob = taiga.sandbox.as("bob");
    const subjects = ["One", "Two"];
    for (const [index, subject] of subjects.entries()) {
      await happen(taiga, at(index + 1), () => bob.change("userstory", story.id, { subject }));
    }
    expect((await taiga.client.timeline.user(7)).total).toBe(6);
    taiga.forgetRequests();
    const { data } = await bench.call(getActivity, { person: "me" });
    expect(texts(data)).toEqual([at(2), at(1)]);
    expect(data.events[0].ref).toBe("alpha-one#1");
    expect(bench.asked()).toEqual(["GET /timeline/user/7"]);
  });

  it("shows of a person's timeline only projects that the grant covers", async () => {
    const taiga = createTaiga([projectOf("alpha-one"), projectOf("secret")]);
    forgetEvents(taiga);
    const bob = taiga.sandbox.as("bob");
    const add = (project: number) => () => bob.add("userstory", { project });
    await happen(taiga, at(1), add(1));
    await happen(taiga, at(2), add(1));
    await happen(taiga, at(3), add(2));
    // The event of the second minute belongs to no project, such as a new account's.
    const transport = createSandboxTransport(taiga.sandbox, "bob");
    const client = createTaigaClient({
      ...transport,
      send: async (request) => {
        const answer = await transport.send(request);
        if (!request.path.startsWith("/timeline")) return answer;
        const events = JSON.parse(answer.text) as { created: string; data: { project: object } }[];
        const changed = events.map((event) =>
          event.created === at(2) ? { ...event, data: { ...event.data, project: null } } : event,
        );
        expect(changed).not.toEqual(events);
        return { ...answer, text: JSON.stringify(changed) };
      },
    });
    const bench = createBench({ taiga: { ...taiga, client }, projects: [1] });
    const { data, text } = await bench.call(getActivity, { person: "me" });
    expect(texts(data)).toEqual([at(1)]);
    expect(text).not.toContain("secret");
  });

  it("narrows a member's timeline to the project in which they were named", async () => {
    const taiga = createTaiga([projectOf("alpha-one"), projectOf("beta")]);
    forgetEvents(taiga);
    for (const [minute, project] of [
      [1, 1],
      [3, 2],
    ] as const) {
      await happen(taiga, at(minute), () => taiga.add("userstory", { project }));
    }
    const bench = createBench({ taiga });
    const input = { person: "alice", project: "alpha-one" };
    expect(texts((await bench.call(getActivity, input)).data)).toEqual([at(1)]);
    await expect(bench.call(getActivity, { person: "alice" })).rejects.toThrow("project: name one");
  });

  it("stops at the day asked for", async () => {
    const bench = createBench();
    const { taiga } = bench;
    forgetEvents(taiga);
    for (const moment of ["2026-11-18T00:00:00Z", "2026-11-19T23:59:59Z", at(2)]) {
      await happen(taiga, moment, () => taiga.add("userstory"));
    }
    const { data } = await bench.call(getActivity, { since: "2026-11-19" });
    expect(data.events).toHaveLength(2);
    expect(data.cursor).toBeUndefined();
  });

  it("goes on where it stopped, though new events come meanwhile and some share a moment", async () => {
    const bench = createBench();
    const { taiga } = bench;
    const story = taiga.add("userstory");
    forgetEvents(taiga);
    // The last one said is the first one told; three share each second.
    for (let index = 249; index >= 0; index -= 1) {
      const moment = Date.UTC(2026, 10, 20) / 1000 - Math.floor(index / 3);
      await happen(taiga, moment, () => taiga.change(story, { comment: String(index) }));
    }
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const { data } = await bench.call(getActivity, { limit: 40, ...(cursor && { cursor }) });
      seen.push(...data.events.map(({ comment }: { comment: string }) => comment));
      cursor = data.cursor as string | undefined;
      await happen(taiga, "2026-11-21T00:00:00Z", () => taiga.change(story, { comment: "New" }));
    } while (cursor !== undefined);
    expect(seen).toEqual(Array.from({ length: 250 }, (_, index) => String(index)));
  });

  // @rule TAIGA-6
  it("reads a bounded number of pages, however little of them is wanted", async () => {
    const taiga = createTaiga([projectOf("alpha-one"), projectOf("secret")]);
    const bench = createBench({ taiga, projects: [1] });
    forgetEvents(taiga);
    const bob = taiga.sandbox.as("bob");
    await happen(taiga, at(1), () => {
      for (let left = 1_200; left > 0; left -= 1) bob.add("userstory", { project: 2 });
    });
    const { data } = await bench.call(getActivity, { person: "me" });
    expect(bench.asked()).toHaveLength(10);
    expect(data.events).toEqual([]);
    const rest = await bench.call(getActivity, { person: "me", cursor: data.cursor });
    expect(bench.asked()).toHaveLength(2);
    expect(rest.data.cursor).toBeUndefined();
  });
});
