import { describe, expect, it } from "vitest";
import type { TaigaClient } from "../src/taiga-client.ts";
import { createTaigaClient } from "../src/taiga-client.ts";
import { createFakeTransport, toTargets } from "./support/fake-transport.ts";
import { capture, toResponse } from "./support/observed.ts";
import { startTaiga } from "./support/taiga-server.ts";

/** Runs a call against an answer that fits no schema: only what was asked matters. */
async function targetOf(call: (taiga: TaigaClient) => Promise<unknown>) {
  const { transport, sent } = createFakeTransport({ text: "0" });
  await call(createTaigaClient(transport)).catch(() => {});
  const [request] = sent;
  const body: unknown = request?.body === undefined ? undefined : JSON.parse(request.body);
  return {
    target: toTargets(sent).join(),
    body,
    wholeList: request?.headers["x-disable-pagination"] !== undefined,
  };
}

describe("headers", () => {
  it("ask for English JSON, on reads too, because Taiga fails in HTML otherwise", async () => {
    const { transport, received } = await startTaiga((_req, res) =>
      res.end(JSON.stringify(capture("me_ok").body)),
    );
    await createTaigaClient(transport).users.me();
    expect(received[0]?.headers).toMatchObject({
      accept: "application/json",
      "accept-language": "en",
      "content-type": "application/json",
    });
    expect(received[0]?.headers).not.toHaveProperty("authorization");
  });

  it.each(["Bearer", "Application"] as const)("carry a credential of scheme %s", async (scheme) => {
    const { transport, sent } = createFakeTransport(toResponse(capture("me_ok")));
    await createTaigaClient(transport, { scheme, token: "t0k.en" }).users.me();
    expect(sent[0]?.headers["Authorization"]).toBe(`${scheme} t0k.en`);
  });
});

describe("requests", () => {
  const story = { project: 1, subject: "a" };

  it.each<[string, (taiga: TaigaClient) => Promise<unknown>, object | undefined]>([
    ["GET /users/me", (taiga) => taiga.users.me(), undefined],
    ["GET /projects/3", (taiga) => taiga.projects.getById(3), undefined],
    ["GET /projects/by_slug?slug=a%2Fb", (taiga) => taiga.projects.getBySlug("a/b"), undefined],
    ["GET /userstories/7", (taiga) => taiga.userStories.getById(7), undefined],
    [
      "GET /userstories/by_ref?ref=7&project=1",
      (taiga) => taiga.userStories.getByRef({ projectId: 1 }, 7),
      undefined,
    ],
    [
      "GET /tasks/by_ref?ref=7&project__slug=p",
      (taiga) => taiga.tasks.getByRef({ projectSlug: "p" }, 7),
      undefined,
    ],
    ["POST /userstories", (taiga) => taiga.userStories.create(story), story],
    [
      "PATCH /tasks/4",
      (taiga) => taiga.tasks.update(4, { version: 2, milestone: null, subject: undefined }),
      { version: 2, milestone: null },
    ],
    [
      "POST /userstories/bulk_create",
      (taiga) => taiga.userStories.bulkCreate({ projectId: 1, subjects: ["a", "b"], statusId: 3 }),
      { project_id: 1, bulk_stories: "a\nb", status_id: 3 },
    ],
    [
      "POST /tasks/bulk_create",
      (taiga) =>
        taiga.tasks.bulkCreate({ projectId: 1, milestoneId: 2, userStoryId: 3, subjects: ["a"] }),
      { project_id: 1, milestone_id: 2, us_id: 3, bulk_tasks: "a" },
    ],
    [
      "PATCH /userstories/custom-attributes-values/5",
      (taiga) =>
        taiga.customAttributeValues.update("userstory", 5, {
          attributes_values: { "1": "x" },
          version: 3,
        }),
      { attributes_values: { "1": "x" }, version: 3 },
    ],
    [
      "GET /tasks/custom-attributes-values/5",
      (taiga) => taiga.customAttributeValues.get("task", 5),
      undefined,
    ],
    [
      "GET /resolver?project=p&ref=7",
      (taiga) => taiga.resolver.resolve({ projectSlug: "p", ref: 7 }),
      undefined,
    ],
    ["POST /auth/refresh", (taiga) => taiga.auth.refresh("r"), { refresh: "r" }],
  ])("%s", async (target, call, body) =>
    expect(await targetOf(call)).toEqual({ target, body, wholeList: false }),
  );

  it.each<[string, (taiga: TaigaClient) => Promise<unknown>]>([
    ["GET /projects?member=6", (taiga) => taiga.projects.list({ memberId: 6 })],
    ["GET /projects", (taiga) => taiga.projects.list()],
    ["GET /users?project=1", (taiga) => taiga.users.listByProject(1)],
    [
      "GET /milestones?project=1&closed=false",
      (taiga) => taiga.milestones.list({ projectId: 1, closed: false }),
    ],
    ["GET /history/task/2", (taiga) => taiga.history.list("task", 2)],
    [
      "GET /tasks/attachments?project=1&object_id=2",
      (taiga) => taiga.attachments.list("task", 1, 2),
    ],
  ])("%s is asked for whole, where Taiga would cut at 30", async (target, call) =>
    expect(await targetOf(call)).toEqual({ target, body: undefined, wholeList: true }),
  );

  it("spell the swimlane filter as Taiga does, because it ignores the right spelling", async () => {
    const { target } = await targetOf((taiga) =>
      taiga.userStories.list({ project: 1, swimlane: [2, null], exclude_swimlane: 3 }),
    );
    expect(target).toBe("GET /userstories?project=1&exclude_swimlane=3&swimnlane=2%2Cnull");
  });

  it.each([[["a\nb"]], [["a", " "]], [[]]])(
    "refuse bulk subjects that Taiga would split or drop (%j)",
    async (subjects) => {
      const { transport, sent } = createFakeTransport();
      await expect(
        createTaigaClient(transport).userStories.bulkCreate({ projectId: 1, subjects }),
      ).rejects.toMatchObject({
        code: "validation_failed",
        fields: { subjects: expect.anything() },
      });
      expect(sent).toEqual([]);
    },
  );
});

describe("failures", () => {
  const TOKEN = "eyJhbGciOiJIUzI1NiJ9.secret.token";
  const PASSWORD = "hunter2-secret";

  it.each(["auth_wrong", "refresh_reuse", "us_created_bad", "auth_badjson", "nf_url"])(
    "hold no secret after %s",
    async (name) => {
      const { transport } = createFakeTransport(toResponse(capture(name)));
      const taiga = createTaigaClient(transport, { scheme: "Bearer", token: TOKEN });
      const login = { type: "normal", username: "bob", password: PASSWORD };
      for (const call of [taiga.auth.login(login), taiga.auth.refresh(TOKEN), taiga.users.me()]) {
        const error = await call.catch((thrown: unknown) => thrown);
        expect(error).toBeInstanceOf(Error);
        expect(dump(error)).not.toMatch(/hunter2|eyJ/);
      }
    },
  );

  it("hold no secret when Taiga's own answer is broken off in a token", async () => {
    const { transport } = createFakeTransport({ text: `{"auth_token": "${TOKEN}` });
    const error = await createTaigaClient(transport)
      .auth.refresh("r")
      .catch((thrown: unknown) => thrown);
    expect(dump(error)).toContain("is not JSON");
    expect(dump(error)).not.toContain("eyJ");
  });

  it("hold no secret when the connection breaks", async () => {
    const { transport } = await startTaiga((req) => req.socket.destroy(), { retries: 0 });
    const taiga = createTaigaClient(transport, { scheme: "Application", token: TOKEN });
    const error = await taiga.auth
      .login({ type: "normal", username: "bob", password: PASSWORD })
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "unavailable", outcomeUnknown: true });
    expect(dump(error)).not.toMatch(/hunter2|eyJ/);
  });

  it("come from the caller's signal too", async () => {
    const { transport } = await startTaiga(() => {});
    const taiga = createTaigaClient(transport, undefined, { signal: AbortSignal.timeout(20) });
    await expect(taiga.users.me()).rejects.toMatchObject({ code: "aborted" });
  });
});

/** Everything a logger could find in an error, its causes included. */
function dump(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return [error.message, error.stack, JSON.stringify(error), dump(error.cause)].join("\n");
}
