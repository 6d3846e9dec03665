import { describe, expect, it } from "vitest";
import { createTaigaClient } from "../../src/taiga-client.ts";
import { createFakeTransport } from "../support/fake-transport.ts";
import { capture, toResponse } from "../support/observed.ts";

const clientFor = (name: string) =>
  createTaigaClient(createFakeTransport(toResponse(capture(name))).transport);

describe("bulk creation", () => {
  it("gives issues in the order that was asked for, though Taiga lists the newest first", async () => {
    const bulk = { projectId: 1, subjects: ["x", "y"] };
    expect(capture("issue_bulk").body).toMatchObject([{ subject: "y" }, { subject: "x" }]);

    const issues = await clientFor("issue_bulk").issues.bulkCreate(bulk);

    expect(issues.map(({ subject }) => subject)).toEqual(bulk.subjects);
  });

  it("gives epics in the order that was asked for", async () => {
    const bulk = { projectId: 1, subjects: ["e1", "e2"] };
    const epics = await clientFor("epic_bulk").epics.bulkCreate(bulk);
    expect(epics.map(({ subject }) => subject)).toEqual(bulk.subjects);
  });

  it("sends no subjects for an epic's stories that Taiga would split or drop", async () => {
    const { transport, sent } = createFakeTransport();
    const bulk = { epicId: 1, projectId: 1, subjects: ["a\nb"] };
    await expect(createTaigaClient(transport).epics.bulkCreateStories(bulk)).rejects.toMatchObject({
      code: "validation_failed",
    });
    expect(sent).toEqual([]);
  });
});
