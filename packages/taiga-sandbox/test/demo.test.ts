import { describe, expect, test } from "vitest";
import { effectivePermissions } from "../src/access.ts";
import { createSeed } from "../src/seed/index.ts";
import { START, startApi } from "./support/api.ts";

const state = createSeed("demo", START);

describe("the demonstration data", () => {
  test("is the same every time on the same day", () => {
    const later = new Date(START.getTime() + 3_600_000);
    expect(createSeed("demo", later)).toEqual(state);
  });

  test("moves with the day it is made on", () => {
    const current = (now: Date) => {
      const today = now.toISOString().slice(0, 10);
      return createSeed("demo", now).milestones.filter(
        (row) => row.estimated_start <= today && today <= row.estimated_finish,
      );
    };
    for (const days of [0, 1, 100]) {
      const now = new Date(START.getTime() + days * 86_400_000);
      expect(current(now).map((row) => row.name)).toEqual(["Sprint 8: Paying without friction"]);
    }
  });

  test("gives every item of a project a number of its own", () => {
    for (const project of state.projects) {
      const refs = [state.epics, state.userstories, state.tasks, state.issues]
        .flat()
        .filter((item) => item.project === project.id)
        .map((item) => item.ref);
      expect(new Set(refs).size).toBe(refs.length);
      expect(Math.max(...refs)).toBe(project.last_ref);
    }
  });

  test("keeps each version in step with the recorded changes", () => {
    for (const kind of ["userstory", "task"] as const) {
      const items = kind === "userstory" ? state.userstories : state.tasks;
      for (const item of items) {
        const changes = state.history.filter(
          (entry) => entry.kind === kind && entry.object === item.id && entry.type === 1,
        );
        expect(item.version).toBe(1 + changes.length);
      }
    }
  });

  test("holds one closed, one current and one coming sprint, and a blocked story", () => {
    expect(state.milestones.map((row) => row.closed)).toEqual([true, false, false]);
    expect(state.userstories.some((story) => story.is_blocked && story.blocked_note)).toBe(true);
  });

  test("lets everybody in, with the rights of their roles", async () => {
    const api = await startApi({ seed: "demo" });
    const projectsOf = async (as: string) =>
      (await api.call("GET /projects", { as })).body.map((row: { slug: string }) => row.slug);
    expect(await projectsOf("alice")).toEqual(["pedal", "town-site"]);
    expect(await projectsOf("bob")).toEqual(["pedal", "town-site"]);
    expect(await projectsOf("stan")).toEqual(["pedal", "town-site"]);
    expect(await projectsOf("carol")).toEqual(["town-site"]);
    await api.close();
    const roles = state.memberships.map((row) => {
      const actor = state.users.find((user) => user.id === row.user)!;
      const role = state.roles.find((candidate) => candidate.id === row.role)!;
      const project = state.projects.find((candidate) => candidate.id === row.project)!;
      const granted = effectivePermissions({ actor, project, membership: row, role });
      return `${actor.username} ${role.name} ${project.slug} ${granted.has("modify_us")}`;
    });
    expect(roles).toEqual([
      "alice Product Owner pedal true",
      "bob Back pedal true",
      "stan Stakeholder pedal false",
      "alice Product Owner town-site true",
      "bob Front town-site true",
      "stan Stakeholder town-site false",
    ]);
  });
});
