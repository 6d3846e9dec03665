import { describe, expect, it } from "vitest";
import { createTaigaClient } from "../../src/taiga-client.ts";
import { createFakeTransport } from "../support/fake-transport.ts";
import { capture, toResponse } from "../support/observed.ts";

const resolverFor = (name: string) =>
  createTaigaClient(createFakeTransport(toResponse(capture(name))).transport).resolver;

const projectSlug = "alice-alpha-one";

describe("the resolver", () => {
  it.each([
    ["resolver_ref", { kind: "userstory", id: 1 }],
    ["resolver_ms", { kind: "issue", id: 1 }],
    ["resolver_missing_ref", undefined],
    // A wiki page can be called like a number; it is no item.
    ["resolver_slugref", undefined],
  ])("finds out what a ref stands for (%s)", async (name, expected) =>
    expect(await resolverFor(name).resolve({ projectSlug, ref: 1 })).toEqual(expected),
  );

  it("fails for the ref of a project that is not there", () =>
    expect(
      resolverFor("resolver_missing_us").resolve({ projectSlug, ref: 1 }),
    ).rejects.toMatchObject({ code: "not_found" }));

  it("finds sprints and wiki pages by slug", async () => {
    const resolver = resolverFor("resolver_ms");
    expect(await resolver.resolveMilestone({ projectSlug, slug: "sprint-1" })).toBe(1);
    expect(await resolver.resolveWikiPage({ projectSlug, slug: "home" })).toBe(1);
  });

  it.each([
    ["is not there", "resolver_missing_us"],
    ["may not be seen", "resolver_missing_ref"],
  ])("finds nothing by a slug when it %s", async (_why, name) => {
    const resolver = resolverFor(name);
    expect(await resolver.resolveMilestone({ projectSlug, slug: "no" })).toBeUndefined();
    expect(await resolver.resolveWikiPage({ projectSlug, slug: "no" })).toBeUndefined();
  });

  it("does not take a project that may not be seen for one without sprints", () =>
    expect(
      resolverFor("resolver_outsider").resolveMilestone({ projectSlug, slug: "sprint-1" }),
    ).rejects.toMatchObject({ code: "permission_denied" }));
});
