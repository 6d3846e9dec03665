import { describe, expect, it } from "vitest";
import { createTaigaClient } from "../../src/taiga-client.ts";
import { createFakeTransport } from "../support/fake-transport.ts";
import { capture, toResponse } from "../support/observed.ts";

const clientFor = (answer: Parameters<typeof createFakeTransport>[0]) =>
  createTaigaClient(createFakeTransport(answer ?? {}).transport);

describe("a delete", () => {
  it("succeeds with nothing", async () => {
    expect(await clientFor(toResponse(capture("us_del"))).userStories.delete(3)).toBeUndefined();
    expect(await clientFor(toResponse(capture("ms_del"))).milestones.delete(1)).toBeUndefined();
    expect(
      await clientFor(toResponse(capture("epic_rel_delete"))).epics.removeStory(1, 1),
    ).toBeUndefined();
  });

  it("fails when the answer is not from Taiga, because the object may still exist", () =>
    expect(
      clientFor({ status: 200, text: "<!doctype html><title>Sign in</title>" }).tasks.delete(3),
    ).rejects.toMatchObject({ code: "unexpected_response", outcomeUnknown: true }));

  it("of a missing object is denied, because Taiga checks the permission first", () =>
    expect(
      clientFor(toResponse(capture("us_delete_404"))).userStories.delete(9999),
    ).rejects.toMatchObject({ code: "permission_denied", status: 403, outcomeUnknown: false }));

  it("may have happened when a gateway times out", () =>
    expect(clientFor({ status: 504, text: "" }).issues.delete(3)).rejects.toMatchObject({
      code: "unavailable",
      outcomeUnknown: true,
    }));
});
