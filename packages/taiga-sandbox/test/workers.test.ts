import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startApi, type Api } from "./support/api.ts";
import { createApiUser } from "./support/user.ts";

describe("a sandbox like several workers", () => {
  let api: Api;
  beforeEach(async () => {
    api = await startApi({ seed: "capture" });
  });
  afterEach(() => api.close());
  const bob = createApiUser(() => api, "bob");
  const alice = createApiUser(() => api, "alice");

  const editBoth = async () => {
    const edits = await Promise.all([
      bob.call("PATCH /userstories/1", { version: 1, subject: "by bob" }),
      alice.call("PATCH /userstories/1", { version: 1, description: "by alice" }),
    ]);
    expect(edits.map((edit) => edit.status)).toEqual([200, 200]);
    const { subject, description } = await bob.get("/userstories/1");
    return [subject, description];
  };

  // @rule SBX-WORKERS
  test("loses one of two changes at the same moment when a delay is set, and none otherwise", async () => {
    await bob.post("/userstories", { project: 1, subject: "s", description: "d" });
    expect(await editBoth()).toEqual(["by bob", "by alice"]);
    await bob.patch("/userstories/1", { subject: "s", description: "d" });
    api.sandbox.control.workerDelayMs = 20;
    const [subject, description] = await Promise.all([
      bob.call("PATCH /userstories/1", { version: 4, subject: "by bob" }),
      alice.call("PATCH /userstories/1", { version: 4, description: "by alice" }),
    ]).then(async () => {
      const story = await bob.get("/userstories/1");
      return [story.subject, story.description];
    });
    expect([
      ["by bob", "d"],
      ["s", "by alice"],
    ]).toContainEqual([subject, description]);
  });

  // @rule SBX-WORKERS
  test("a bulk request takes its time for each item, and makes all of them at once", async () => {
    api.sandbox.control.bulkItemMs = 30;
    const bulk = bob.post("/userstories/bulk_create", { project_id: 1, bulk_stories: "a\nb\nc" });
    const first = await Promise.race([
      bulk.then(() => "bulk"),
      bob.get("/users/me").then(() => "me"),
    ]);
    expect(first).toBe("me");
    expect(await bulk).toHaveLength(3);
  });
});
