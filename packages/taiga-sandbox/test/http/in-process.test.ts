import { beforeEach, describe, expect, test } from "vitest";
import { createSandbox, SCRUM, type Sandbox } from "../../src/index.ts";
import { START } from "../support/api.ts";

describe("a sandbox in the process of a test", () => {
  let now: Date;
  let sandbox: Sandbox;
  let bearer: { authorization: string };
  const send = async (request: string, body?: object) => {
    const [method, path] = request.split(" ") as [string, string];
    const answer = await sandbox.handle({
      method,
      path: `/api/v1${path}`,
      headers: { ...bearer, "content-type": "application/json" },
      ...(body && { body: JSON.stringify(body) }),
    });
    return { ...answer, body: answer.text === "" ? undefined : JSON.parse(answer.text) };
  };
  beforeEach(async () => {
    now = START;
    sandbox = createSandbox({
      clock: () => now,
      secret: "a secret of the tests, long enough",
      seed: "observed",
    });
    bearer = { authorization: `Bearer ${(await sandbox.issueTokens("bob")).auth_token}` };
  });

  test("requests are answered as over a socket", async () => {
    const created = await send("POST /userstories", { project: 1, subject: "Größer ✓" });
    expect([created.status, created.body.subject]).toEqual([201, "Größer ✓"]);
    const list = await send("GET /userstories?project=1&page_size=1");
    expect(list.body).toMatchObject([{ subject: "Größer ✓", owner: created.body.owner }]);
    expect(list.headers["x-pagination-count"]).toBe("1");
    expect((await send("DELETE /projects")).status).toBe(405);
    expect((await send(`DELETE /userstories/${created.body.id}`)).text).toBe("");
    bearer.authorization = "Bearer nonsense";
    expect((await send("GET /projects")).status).toBe(401);
  });

  test("a body is checked as over a socket", async () => {
    const send = (type: string, body: string) =>
      sandbox.handle({
        method: "POST",
        path: "/api/v1/userstories",
        headers: { ...bearer, "Content-Type": type },
        body,
      });
    const statuses = [await send("application/json", "{"), await send("text/plain", "x")];
    expect(statuses.map(({ status }) => status)).toEqual([400, 415]);
  });

  test("the clock is the test's own", async () => {
    const story = sandbox.as("alice").add("userstory");
    now = new Date(START.getTime() + 60_000);
    sandbox.as("alice").change("userstory", story.id, { subject: "Later" });
    expect(story).toMatchObject({
      created_date: "2026-11-20T06:08:00Z",
      modified_date: "2026-11-20T06:09:00Z",
    });
  });

  test("another user adds and changes things by the same rules, with version and history", async () => {
    const story = sandbox.as("alice").add("userstory", { tags: ["UI"], owner: 7, ref: 40 });
    expect(story.status).toBe(sandbox.state.projects[0]!.defaults.us_status);
    const page = sandbox.as("alice").add("wiki", { slug: "home", content: "Hello @bob" });
    const { id } = sandbox.as("alice").add("issue");
    sandbox.as("alice").change("issue", id, { subject: "New", comment: "Better" });
    sandbox.as("bob").change("wiki", page.id, { content: "Bye" });
    expect((await send(`GET /issues/${id}`)).body).toMatchObject({ subject: "New", version: 2 });
    expect((await send(`GET /history/issue/${id}`)).body).toMatchObject([
      {
        comment: "Better",
        user: { username: "alice" },
        values_diff: { subject: ["Subject 1", "New"] },
      },
    ]);
    expect(page).toMatchObject({ content: "Bye", version: 2, watchers: [7] });
    const [found] = (await send("GET /userstories?project=1")).body;
    expect(found).toMatchObject({ ref: 40, owner: 7, tags: [["ui", null]] });
    const epic = sandbox.as("bob").add("epic");
    sandbox.as("bob").link(epic.id, story.id);
    expect((await send("GET /userstories?epic=1")).body).toMatchObject([{ ref: 40 }]);
    sandbox.as("alice").remove("epic", epic.id);
    sandbox.as("alice").remove("wiki", page.id);
    expect((await send("GET /wiki")).body).toEqual([]);
    expect(sandbox.state.relatedStories).toEqual([]);
    expect(() => sandbox.as("carol").add("issue")).toThrow("403");
    expect(() => sandbox.as("stan").remove("userstory", story.id)).toThrow("403");
    expect(() => sandbox.as("nobody")).toThrow("No user has the name nobody.");
  });

  test("a test steps in before a request, lets it fail, and counts afterwards", async () => {
    const story = sandbox.as("alice").add("userstory");
    const path = `/userstories/${story.id}`;
    const seen: string[] = [];
    sandbox.control.before = async (request) => {
      if (request.method !== "PATCH") return undefined;
      if (seen.length > 2) return { status: 400, body: { subject: ["Bad luck."] } };
      sandbox.as("alice").change("userstory", story.id, { subject: "Meanwhile" });
      return undefined;
    };
    sandbox.control.after = (request, status) => {
      seen.push(`${request.method} ${request.path.replace("/api/v1", "")} ${status}`);
    };
    const { version } = (await send(`GET ${path}`)).body;
    const edit = { version, subject: "Mine" };
    expect((await send(`PATCH ${path}`, edit)).body.version).toMatch(/doesn't match/);
    await send("GET /users/me");
    expect((await send(`PATCH ${path}`, edit)).body).toEqual({ subject: ["Bad luck."] });
    expect(seen).toEqual([
      `GET ${path} 200`,
      `PATCH ${path} 400`,
      "GET /users/me 200",
      `PATCH ${path} 400`,
    ]);
  });

  test("an answer can be lost when the work is done, and a connection be cut before", async () => {
    const create = (subject: string) => send("POST /userstories", { project: 1, subject });
    sandbox.control.failNext(1, "lost");
    await expect(create("Lost")).rejects.toMatchObject({ code: "ECONNRESET" });
    sandbox.control.failNext(1, "reset");
    await expect(create("Cut")).rejects.toMatchObject({ code: "ECONNRESET" });
    expect(sandbox.state.userstories.map(({ subject }) => subject)).toEqual(["Lost"]);
  });

  test("a test brings its own users and projects, with ids of its choice", async () => {
    sandbox.reset({
      lastIds: { users: 6, taskStatuses: 10 },
      users: [
        { username: "bob", full_name: "Bob Baker", color: "" },
        { username: "alice", full_name: "Alice Archer", color: "" },
      ],
      projects: [
        {
          name: "Alpha",
          slug: "alpha",
          description: "",
          owner: "bob",
          template: {
            ...SCRUM,
            taskStatuses: [
              ["New", ""],
              ["Closed", "", "closed"],
            ],
          },
          is_private: true,
          tags: [],
          columns: { is_epics_activated: true },
          roles: [{ name: "Reader", computable: false, permissions: ["view_us"], order: 70 }],
          members: [["alice", "Reader"]],
          sprints: [
            {
              name: "Sprint 1",
              days: [-4, 5],
              stories: [
                {
                  subject: "S",
                  created: [-5, "10:00"],
                  tasks: [{ subject: "T", status: "Closed", created: [-4, "10:00"] }],
                },
              ],
            },
          ],
        },
      ],
    });
    expect((await send("GET /users/me")).body).toMatchObject({ id: 7, full_name: "Bob Baker" });
    expect((await send("GET /tasks")).body).toMatchObject([
      { status: 12, is_closed: true, owner: 7 },
    ]);
    expect((await send("GET /milestones/1")).body).toMatchObject({
      estimated_start: "2026-11-16",
      user_stories: [{ subject: "S", is_closed: true }],
    });
    expect(() => sandbox.as("alice").change("userstory", 1, { subject: "No" })).toThrow("403");
  });

  test("an aborted request gets no answer", async () => {
    sandbox.control.failNext(1, "hang");
    const request = { method: "GET", path: "/api/v1/projects", signal: AbortSignal.timeout(20) };
    await expect(sandbox.handle(request)).rejects.toThrow(/timeout/);
  });

  test("it starts over, with the same seed or another", async () => {
    sandbox.as("alice").add("userstory");
    sandbox.control.before = () => 502;
    sandbox.reset();
    expect((await send("GET /userstories")).body).toEqual([]);
    sandbox.reset("demo");
    expect(sandbox.state.projects.map(({ slug }) => slug)).toEqual(["pedal", "town-site"]);
    sandbox.reset();
    expect(sandbox.state.projects).toHaveLength(2);
    expect(sandbox.state.projects[0]!.slug).toBe("alice-alpha-one");
  });
});
