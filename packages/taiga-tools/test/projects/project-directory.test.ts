import { describe, expect, it } from "vitest";
import { createProjectDirectories } from "../../src/projects/project-directory.ts";
import { findMember } from "../../src/projects/people.ts";
import { findSprint } from "../../src/projects/find-sprint.ts";
import { createTaiga } from "../support/taiga.ts";
import { projectOf } from "../support/taiga-seed.ts";

const setUp = (count = 2) => {
  const projects = [
    projectOf("alpha-one"),
    projectOf("beta-two"),
    projectOf("gamma", { name: "Beta two" }),
  ];
  const taiga = createTaiga(projects.slice(0, count));
  const { clock } = taiga;
  const directories = createProjectDirectories({ clock: () => clock.now, maxUsers: 2 });
  const open = (subject = "bob", granted: "all" | number[] = "all", signal?: AbortSignal) =>
    directories.for({ subject, taiga: taiga.connect(subject, signal), projects: granted });
  return { clock, taiga, open };
};

describe("the project directory", () => {
  it("finds a project by slug, name or id", async () => {
    const directory = setUp().open();
    for (const reference of ["alpha-one", "ALPHA-ONE", "alpha one", "1"]) {
      expect((await directory.resolve(reference)).id).toBe(1);
    }
  });

  it("needs no name where one project is in reach, and offers all where several are", async () => {
    expect((await setUp(1).open().resolve()).slug).toBe("alpha-one");
    expect((await setUp(2).open("bob", [2]).resolve()).slug).toBe("beta-two");
    await expect(setUp(2).open().resolve()).rejects.toThrow("`alpha-one`, `beta-two`");
  });

  it("offers slugs where a name means several, and near names where it means none", async () => {
    const directory = setUp(3).open();
    await expect(directory.resolve("beta two")).rejects.toMatchObject({ code: "ambiguous_name" });
    expect((await directory.resolve("gamma")).id).toBe(3);
    await expect(directory.resolve("alpha")).rejects.toThrow("Did you mean: `alpha-one`");
  });

  // @rule MCP-SECURITY-16
  it("keeps out what the grant does not cover, by name, slug, id and list", async () => {
    const directory = setUp().open("bob", [1]);
    expect((await directory.list()).map(({ id }) => id)).toEqual([1]);
    expect((await directory.me()).roles).toEqual([]);
    for (const attempt of [
      () => directory.resolve("beta-two"),
      () => directory.resolve("Beta Two"),
      () => directory.resolve("2"),
      () => directory.byId(2),
      () => directory.openSprints(2),
    ]) {
      await expect(attempt()).rejects.toMatchObject({ code: "project_not_granted" });
    }
  });

  // @rule MCP-SECURITY-16
  it("never shows one user what was read for another", async () => {
    const { open } = setUp();
    await open("bob").resolve("alpha-one");
    await expect(open("carol").resolve("alpha-one")).rejects.toMatchObject({ code: "not_found" });
  });

  it("reads once for calls that come together, and again after a minute or a write", async () => {
    const { clock, taiga, open } = setUp();
    await Promise.all([open().byId(1), open().byId(1), open().byId(1)]);
    expect(taiga.asked()).toEqual(["GET /projects/1"]);
    clock.now += 59;
    await open().byId(1);
    expect(taiga.asked()).toHaveLength(1);
    clock.now += 1;
    await open().byId(1);
    expect(taiga.asked()).toHaveLength(2);
    open().drop(1);
    await open().byId(1);
    expect(taiga.asked()).toHaveLength(3);
  });

  it("forgets failures, and does not pass on those of a caller who hung up", async () => {
    const { taiga, open } = setUp();
    const caller = new AbortController();
    let failures = 1;
    taiga.before(() => {
      if ((failures -= 1) < 0) return undefined;
      setImmediate(() => caller.abort());
      return "hang";
    });
    const hangsUp = open("bob", "all", caller.signal);
    const [first, second] = await Promise.allSettled([hangsUp.byId(1), open().byId(1)]);
    expect([first?.status, second?.status]).toEqual(["rejected", "fulfilled"]);
    taiga.before(() => 502);
    await expect(open("alice").byId(1)).rejects.toMatchObject({ code: "unavailable" });
    taiga.before(undefined);
    expect((await open("alice").byId(1)).id).toBe(1);
  });

  it("knows all that the user may do in any project", async () => {
    expect(await setUp().open().myPermissions()).toContain("add_us");
  });
});

describe("sprints and people by the words people use", () => {
  const sprint = async (reference: string, today = "2026-11-20") => {
    const directory = setUp(1).open();
    const project = await directory.resolve();
    return (await findSprint(directory, project, reference, { today, field: "sprint" })).name;
  };

  it("finds the current and the next sprint by their dates, and the backlog", async () => {
    expect(await sprint("Current")).toBe("Sprint 2");
    expect(await sprint("next")).toBe("Sprint 3");
    expect(await sprint("sprint 1")).toBe("Sprint 1");
    expect(await sprint("backlog")).toBe("backlog");
    expect(await sprint("current", "2026-11-27")).toBe("Sprint 2");
  });

  it("offers candidates between sprints and at the end", async () => {
    await expect(sprint("current", "2026-11-28")).rejects.toThrow("`Sprint 2` (2026-11-16");
    await expect(sprint("next", "2026-12-24")).rejects.toMatchObject({ code: "not_found" });
  });

  it("finds people by username, full name, me and their own address", async () => {
    const { client } = createTaiga();
    const [detail, me] = await Promise.all([client.projects.getById(1), client.users.me()]);
    const project = { ...detail, formerMembers: new Map() };
    const find = (name: string) => findMember(project, me, name, "assigned_to").username;
    expect(["@Alice", "alice archer", "me", "BOB@taiga.test"].map(find)).toEqual([
      "alice",
      "alice",
      "bob",
      "bob",
    ]);
    expect(() => find("stan@elsewhere.test")).toThrow("perhaps: `stan`");
  });
});
