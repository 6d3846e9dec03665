import { describe, expect, it } from "vitest";
import type { TaigaClient } from "../../src/taiga-client.ts";
import { createTaigaClient } from "../../src/taiga-client.ts";
import { CALLS, WHOLE_LISTS } from "../support/calls/index.ts";
import { createFakeTransport, toTargets } from "../support/fake-transport.ts";

/** Runs a call against an answer that fits no schema: only what was asked matters. */
async function targetOf(call: (taiga: TaigaClient) => Promise<unknown>) {
  const { transport, sent } = createFakeTransport({ text: "0" });
  await call(createTaigaClient(transport)).catch(() => {});
  const [request] = sent;
  const body: unknown = typeof request?.body === "string" ? JSON.parse(request.body) : undefined;
  return {
    target: toTargets(sent).join(),
    body,
    wholeList: request?.headers["x-disable-pagination"] !== undefined,
  };
}

describe("requests", () => {
  it.each(CALLS)("%s", async (target, call, body) =>
    expect(await targetOf(call)).toEqual({ target, body, wholeList: false }),
  );

  it.each(WHOLE_LISTS)("%s is asked for whole, where Taiga would cut at 30", async (target, call) =>
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
